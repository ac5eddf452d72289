/// Words too common to tell documents apart, folded as `Words.folded` folds them.
///
/// Function words only (articles, prepositions, pronouns, auxiliaries, question words): measured on the evaluation sets,
/// leaving these out of a lexical query is neutral or better, leaving out merely frequent words is worse.
package enum StopWords {
    package static let portuguese = set(
        """
        a ao aos aquela aquelas aquele aqueles aquilo as ate com como da das de dela delas dele deles depois do dos e ela
        elas ele eles em entre era eram essa essas esse esses esta estao estas estava estavam este estes eu foi for foram
        ha isso isto ja lhe lhes mais mas me mesmo meu meus minha minhas muito na nao nas nem no nos nossa nossas nosso
        nossos num numa o onde os ou para pela pelas pelo pelos por porque qual quais quando quanto quantos que quem sao se
        seja sem ser sera seu seus so sobre sua suas tambem te tem tinha um uma umas uns voce voces
        """)

    package static let english = set(
        """
        a about above after again all also am an and any are as at be because been before being below between both but by
        can could did do does doing down during each few for from further had has have having he her here hers him his how
        i if in into is it its itself just me more most my no nor not now of off on once only or other our out over own s
        same she should so some such t than that the their them then there these they this those through to too under
        until up very was we were what when where which while who whom why will with would you your
        """)

    package static let all = portuguese.union(english)

    private static func set(_ words: String) -> Set<String> {
        Set(words.split(whereSeparator: \.isWhitespace).map(String.init))
    }
}
