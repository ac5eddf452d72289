import Support

/// Words of which one cannot stand for the other: opposites and directions, in English and Portuguese.
///
/// Each group has two sides or more; a claim with a word of one side where the passage has a word of another side says
/// something else. A word may be in several groups.
enum Opposites {
    struct Side: Sendable, Hashable {
        let group: Int
        let side: Int
    }

    /// The sides a word is on, by its stem in its language.
    static func sides(of word: String, _ language: TextLanguage) -> [Side] {
        bySpelling[word] ?? byStem[TextAnalyzer.stem(word, language)] ?? []
    }

    /// Whether one word is the other with a prefix that denies: `stable` and `unstable`, `possível` and `impossível`.
    static func areOpposite(_ one: String, _ other: String) -> Bool {
        let (short, long) = one.utf8.count < other.utf8.count ? (one, other) : (other, one)
        guard short.utf8.count >= 5, long.hasSuffix(short) else { return false }
        return prefixes.contains(String(long.dropLast(short.count)))
    }

    private static let prefixes: Set<String> = ["un", "in", "im", "il", "ir", "dis", "non", "des", "nao"]

    private static let table = [
        "increase grow rise rose risen raise aumentar aumentou aumento crescer cresceu subir subiu"
            + " | decrease reduce fall fell fallen drop decline diminuir diminuiu reduzir reduziu cair caiu",
        "before prior earlier antes anterior | after later following depois apos posterior",
        "more most mais maioria | less least fewer fewest menos minoria",
        "first primeiro primeira primeiros primeiras | last ultimo ultima ultimos ultimas",
        "best better melhor melhores | worst worse pior piores",
        "maximum maximal max maximo maxima | minimum minimal min minimo minima",
        "always sempre | never nunca jamais",
        "large larger largest big bigger biggest great greater greatest grande maior maiores"
            + " | small smaller smallest little pequeno pequena menor menores",
        "high higher highest upper alto alta altos altas superior superiores"
            + " | low lower lowest baixo baixa baixos baixas inferior inferiores",
        "early earlier earliest cedo | late later latest tarde",
        "above acima | below beneath abaixo",
        "north northern norte setentrional | south southern sul meridional",
        "east eastern leste oriental | west western oeste ocidental",
        "all every todo toda todos todas | none nenhum nenhuma | few poucos poucas",
        "begin beginning began start inicio comeco comecar comecou iniciar | end ending finish fim final terminar terminou",
        "win won victory vencer venceu ganhar ganhou vitoria | lose lost defeat perder perdeu derrota",
        "accept accepted approve aceitar aceitou aprovar | reject rejected refuse deny rejeitar rejeitou recusar negar",
        "success successful succeed sucesso | failure fail fracasso falha falhar falhou",
        "positive positivo positiva | negative negativo negativa",
        "strong stronger strongest forte fortes | weak weaker weakest fraco fraca fracos fracas",
        "long longer longest longo longa | short shorter shortest curto curta",
        "fast faster fastest quick quickly rapido rapida rapidamente | slow slower slowest slowly lento lenta lentamente",
        "ascending increasing crescente | descending decreasing decrescente",
        "inside internal inner within dentro interno interna | outside external outer fora externo externa",
        "public publico publica publicos publicas | private privado privada privados privadas",
        "support apoiar apoiou apoio | oppose opposition opor opos oposicao",
        "possible able possivel capaz | impossible unable impossivel incapaz",
        "same equal igual iguais | different diferente diferentes",
        "true verdadeiro verdadeira | false falso falsa",
        "even par pares | odd impar impares",
        "allow permit permitir permitido permite | forbid forbidden prohibit ban proibir proibido proibe",
        "enter arrive entrar chegar chegou | leave depart sair partir saiu",
        "import importar importacao | export exportar exportacao",
        "buy bought comprar | sell sold vender",
        "born birth nascer nasceu nascimento | die died death morrer morreu morte",
        "rich rico ricos | poor pobre pobres",
        "new newer newest newly novo nova novos novas | old older oldest velho velha antigo antiga antigos antigas",
        "hot hotter warm quente | cold colder frio fria",
        "near nearer nearest close closest perto proximo | far farther farthest longe distante",
        "many much numerous muitos muitas | few little poucos poucas",
        "often frequently usually frequentemente geralmente | rarely seldom hardly raramente",
        "include including incluir inclui incluindo | exclude excluding excluir exclui excluindo",
        "optional voluntary opcional facultativo facultativa | mandatory obligatory compulsory obrigatorio obrigatoria",
        "open opened aberto aberta abrir | closed close fechado fechada fechar",
        "left esquerda esquerdo | right direita direito",
        "ally allied allies aliado aliados | enemy enemies inimigo inimigos",
        "easy easier easiest facil faceis | difficult hard harder hardest dificil dificeis",
        "male homem homens masculino | female mulher mulheres feminino",
        "linear | quadratic quadratico quadratica | logarithmic logaritmico | exponential exponencial"
            + " | constant constante | cubic cubico",
        "monday | tuesday | wednesday | thursday | friday | saturday sabado | sunday domingo",
        "century centuries seculo seculos | decade decades decada decadas | year years ano anos | month months mes meses"
            + " | week weeks semana semanas | day days dia dias | hour hours hora horas | minute minutes minuto minutos",
        "thousand thousands mil | million millions milhao milhoes | billion billions bilhao bilhoes",
        "spring primavera | summer verao | autumn outono | winter inverno",
    ]

    private static let bySpelling: [String: [Side]] = {
        var sides: [String: [Side]] = [:]
        each { word, side in sides[word, default: []].append(side) }
        return sides
    }()

    private static let byStem: [String: [Side]] = {
        var sides: [String: [Side]] = [:]
        each { word, side in
            for language in TextLanguage.allCases {
                let stem = TextAnalyzer.stem(word, language)
                if sides[stem]?.contains(side) != true { sides[stem, default: []].append(side) }
            }
        }
        return sides
    }()

    private static func each(_ body: (String, Side) -> Void) {
        for (group, line) in table.enumerated() {
            for (side, words) in line.split(separator: "|").enumerated() {
                for word in words.split(separator: " ") { body(String(word), Side(group: group, side: side)) }
            }
        }
    }
}
