import Support
import TestSupport
import Testing

@testable import Extraction

@Suite struct LaTeXTests {
    private func listing(_ source: String) throws -> [String] { try read(source).listing }
    private func read(_ source: String) throws -> ExtractedDocument {
        try LaTeXReader.read(try TextFixture.decoded(source))
    }

    @Test func aHandoutWithAllThatTeachersWrite() throws {
        let document = try TextFixture.document("aula.tex")
        #expect(
            document.listing == [
                "heading1: Aula 3: Recursão", "paragraph: Ana Júlia, Beto Conceição",
                "paragraph: Este texto trata de funções que chamam a si mesmas.", "heading2: O que é recursão?",
                "paragraph: Na disciplina Introdução à Computação, uma função recursiva chama a si mesma—com um caso "
                    + "menor—até o caso base. (Sem caso base, a pilha estoura % sempre.) Veja “aspas duplas”, ‘simples’ "
                    + "e o píngo d'água; páginas 10–12. Custa R$ 5,00 & mais 10%. Língua, pôr, pingüim, Ångström, "
                    + "coração, … e fim.",
                "paragraph: O custo é $T(n) = 2\\,T(n/2) + \\mathcal{O}(n)$ e, portanto,",
                "code: $$T(n) = \\Theta(n \\log n) \\quad \\text{para } n \\ge 1.$$",
                "paragraph: Pela [eq:energia] e pelo trabalho de [knuth97,cormen, p. 31], temos", "code: $$E = mc^2$$",
                "paragraph: e também", "code: \\begin{align*}\na &= b + c \\\\\nd &= \\sen(e)\n\\end{align*}",
                "heading3: Exemplos",
                "list: - Fatorial: fat(n) = n * fat(n-1)\n- Torres de Hanói\n  1. mover $n-1$ discos;\n  x) mover o maior.",
                "list: - Pilha: estrutura LIFO\n- Fila: estrutura FIFO",
                "code: def fat(n):\n    # caso base: 100% certo \\o/\n    return 1 if n < 2 else n * fat(n - 1)",
                "paragraph: Teorema (Mestre). Se $f(n)$ é polinomial, então vale a fórmula.",
                "paragraph: Custo de algoritmos",
                "table: Algoritmo | Melhor | Pior\nBolha & cia | $n$ | $n^2$\nMescla |  | $n \\log n$\nRápida (quick) | a | b",
                "paragraph: Árvore de chamadas",
                "paragraph: texto mantido letra pequena vermelho o sítio e https://exemplo.br/x_y%20z.",
                "heading5: Nota final", "paragraph: Tudo $x^2$ certo.",
                "list: [knuth97] D. Knuth. The Art of Computer Programming. 1997.\n[cormen] T. Cormen. Algoritmos. 2009.",
            ])
        #expect(document.title == "Aula 3: Recursão" && document.language == "pt")
        #expect(document.warnings.count == 1 && document.warnings[0].contains("capitulos/extra"))
        #expect(document.blocks[17].headerLength == "Algoritmo | Melhor | Pior\n".utf8.count)
    }

    @Test func framesAreHeadings() throws {
        let document = try DocumentExtractor.extract(path: DocumentFixture.path("abntex2-modelo-slides.tex"))
        let headings = document.listing.filter { $0.hasPrefix("heading") }
        #expect(
            headings.contains("heading4: Participe dos grupos de discussão")
                && headings.contains("heading2: Resultados"))
        #expect(!document.text.contains("allowframebreaks") && !document.text.contains("widescreen"))
    }

    @Test(arguments: [
        ("\\'a\\`a\\^a\\~a\\\"u\\c{c}\\c c\\'\\i\\=o\\v{s}\\H{o}", "áàâãüççíōšő"), ("a\\~{}b\\^{}c\\{d\\}", "a~b^c{d}"),
        ("\\ss{} \\o\\ e \\AA", "ß ø e Å"), ("\\LaTeX é \\TeX{}nico", "LaTeX é TeXnico"),
        ("10\\,kg\\ e~mais", "10 kg e mais"),
        ("a--b---c- d", "a–b—c- d"), ("``a'' `b' d'água", "“a” ‘b’ d'água"),
        ("50\\% \\& R\\$ 5 \\#1 a\\_b", "50% & R$ 5 #1 a_b"),
        ("a%comentário\n  b % fim\nc", "ab c"), ("\\verb|$x$ %| e \\lstinline!a{b}!", "$x$ % e a{b}"),
        ("\\unknown[x]{a}{b} \\vspace{2cm}c\\label{x}", "ab c"), ("\\textcolor{red}{a}\\colorbox{blue}{b}", "ab"),
        ("\\ensuremath{x_1} \\(y\\)", "$x_1$ $y$"), ("custa $5 e 6", "custa $5 e 6"),
        ("a\\\\[2pt] b\\newline c", "a\nb\nc"),
        ("\\hskip 2cm plus\\kern-1pt x", "plus x"), ("\\only<2->{a}\\alert<1>{b}", "ab"),
        ("\\SI{10}{\\kilo\\meter}", "10 kilo meter"),
        ("\\citep[veja][p. 3]{a} \\nocite{b}\\ref{c}", "[a, veja, p. 3] [c]"),
        ("x\\footnote{y\\footnote{z}}.", "x (y (z))."),
        ("\\multirow{2}{*}{a} \\rule{1cm}{2pt}b", "a b"), ("\\begin{center}\\large x\\end{center}", "x"),
        ("cora\"-ção e \"aspas\"", "coração e \"aspas\""), ("{\\bf a} {\\it b\\/}", "a b"), ("\\iffalse a \\fi b", "b"),
        ("\\newcommand{\\x}[2][p]{#1-#2}\\x{a} \\x[b]{c}", "p-a b-c"), ("\\def\\y#1{<#1>}\\y{a}\\y b", "<a><b>"),
    ])
    func textWithItsCommandsResolved(_ source: String, _ text: String) throws { #expect(try read(source).text == text) }

    @Test func listsTablesAndNesting() throws {
        #expect(
            try listing("\\begin{enumerate}\\item a\n\n b\\item[*] c \\[x\\] d\\end{enumerate}e") == [
                "list: 1. a\n  b\n* c", "code: $$x$$", "list:   d", "paragraph: e",
            ])
        #expect(
            try listing(
                "\\begin{tabular}{cc}a & \\begin{tabular}{c}b\\\\c\\end{tabular}\\\\ \\hline {d & e} & f\\end{tabular}")
                == [
                    "table: a | b c\nd e | f"
                ])
        #expect(try listing("\\begin{tabular}{c}só\\end{tabular}") == ["paragraph: só"])
    }

    @Test func macrosThatGrowEnd() throws {
        let bomb =
            "\\newcommand{\\a}{\\b\\b}\\newcommand{\\b}{\\c\\c}\\newcommand{\\c}{\\d\\d}"
            + "\\newcommand{\\d}{\\a\\a\\a\\a\\a\\a\\a\\a\\a\\a x}"
        #expect(try read("começo \\a fim").text.hasPrefix("começo"))
        let document = try read(bomb + "começo \\a fim")
        #expect(document.text.hasPrefix("começo") && document.text.hasSuffix("fim"))
        #expect(document.text.utf8.count < 4_000_000)
        #expect(try read("\\def\\x{\\x}a\\x b").text == "a b")
        #expect(try read("\\newcommand{\\x}[1]{\\x{#1#1}}a\\x{y}b").text.hasPrefix("a"))
    }

    @Test func depthAndOpenEndsDoNoHarm() throws {
        for piece in [
            "{", "}", "$", "$$", "\\[", "\\(", "\\begin{itemize}", "\\begin{tabular}{c}", "\\begin{verbatim}",
            "\\footnote{",
            "\\begin{align}", "\\section{", "\\verb|", "[", "\\item[", "\\'", "\\", "%", "\\begin", "\\end{x}", "&",
            "\\\\", "`",
            "\\newcommand{", "\\def\\a", "\\cite[", "\\multicolumn{99999999999}{c}{x}", "\\iffalse ", "$a{", "\\x<1",
        ] {
            if let document = try? read("início\n\n" + String(repeating: piece, count: 2_000)) {
                #expect(document.isConsistent)
            }
        }
    }

    @Test func mutationsNeverTrap() throws {
        let bytes = try TextFixture.bytes("aula.tex")
        var random = LinearCongruential(seed: 13)
        for _ in 0..<300 {
            guard let decoded = TextDecoder.decode(TextFixture.mutated(bytes, &random)) else { continue }
            if let document = try? LaTeXReader.read(decoded) { #expect(document.isConsistent) }
        }
    }
}
