import Support
import Testing

@testable import Extraction

@Suite struct MarkdownReaderTests {
    private func read(_ text: String) throws -> ExtractedDocument {
        try MarkdownReader.read(try #require(TextDecoder.decode(Array(text.utf8))))
    }

    /// `kind: text` of each block.
    private func blocks(_ text: String) throws -> [String] {
        let document = try read(text)
        return document.blocks.map { block in
            "\(block.kind.rawValue)\(block.level > 0 ? "\(block.level)" : ""): \(document.text.utf8Substring(block.range))"
        }
    }

    @Test func headingsOfBothKinds() throws {
        #expect(
            try blocks("# One #\ntext\nUnder\n===\n## Two ##\n\nThree\n---\n#hashtag\n####### seven\n") == [
                "heading1: One", "heading1: text Under", "heading2: Two", "heading2: Three",
                "paragraph: #hashtag ####### seven",
            ])
    }

    @Test func paragraphsAreJoinedAndHardBreaksKept() throws {
        #expect(
            try blocks("one\ntwo  \nthree\\\nfour\n\nfive") == ["paragraph: one two  \nthree\nfour", "paragraph: five"])
    }

    @Test func codeIsKeptAsItIs() throws {
        #expect(
            try blocks(
                "```python\ndef f(x):\n\n    return *x*\n```\nafter\n\n    indented\n      more\n\n~~~\n```\n~~~") == [
                    "code: def f(x):\n\n    return *x*", "paragraph: after", "code: indented\n  more", "code: ```",
                ])
        #expect(try blocks("```\nnever closed") == ["code: never closed"])
    }

    @Test func tablesBecomeRows() throws {
        let document = try read("| a | b |\n|:--|--:|\n| 1 | `x|y` |\n| **2** | p\\|q |\n\nafter")
        let table = document.blocks[0]
        #expect(document.text.utf8Substring(table.range) == "a | b\n1 | x|y\n2 | p|q")
        #expect(table.kind == .table && table.headerLength == "a | b\n".utf8.count)
    }

    @Test func listsKeepTheirItems() throws {
        #expect(
            try blocks(
                "Intro:\n- one\n  goes on\n- two\n    - nested\n\n  second paragraph\n\nafter\n\n1. first\n2. second")
                == [
                    "paragraph: Intro:", "list: - one goes on\n- two\n    - nested\n  second paragraph",
                    "paragraph: after",
                    "list: 1. first\n2. second",
                ])
        #expect(try blocks("The year\n1984. was long") == ["paragraph: The year 1984. was long"])
    }

    @Test func frontMatterGivesTheTitle() throws {
        let document = try read("---\ntitle: \"Plano de ensino\"\nlang: pt-BR\ndraft: true\n---\n# Outro\n\nok\n")
        #expect(document.title == "Plano de ensino" && document.language == "pt")
        #expect(document.text == "Outro\n\nok")
        #expect(try read("---\n\ntext\n").text == "text", "a rule, no front matter")
    }

    @Test(arguments: [
        ("**bold** and *it* and __b__ and _i_ and ~~gone~~", "bold and it and b and i and gone"),
        ("snake_case_name and 2*3*4 and a * b and **x", "snake_case_name and 2*3*4 and a * b and **x"),
        ("[text](http://x.y/a_(b)) ![figure one](a.png) [ref][1] [alone] a[0]", "text figure one ref [alone] a[0]"),
        ("<https://a.b/c> and <me@x.y> and List<String> and a<b", "https://a.b/c and me@x.y and List<String> and a<b"),
        ("H<sub>2</sub>O<br>next <!-- gone --> <b>b</b>", "H2O next  b"),
        ("&lt;b&gt; &amp; &eacute; &unknown; AT&T", "<b> & é &unknown; AT&T"),
        ("\\*not\\* \\# \\\\ C:\\dir", "*not* # \\ C:\\dir"),
        ("`a*b*c` ``x ` y`` `open", "a*b*c x ` y `open"),
        ("cost $5 and $6, but $a_1*b_2$ and $$x_i$$", "cost $5 and $6, but $a_1*b_2$ and $$x_i$$"),
        ("***both*** \"*quoted*\" (*paren*)", "both \"quoted\" (paren)"),
    ])
    func inline(_ markdown: String, _ plain: String) { #expect(MarkdownInline.plain(markdown) == plain) }

    @Test func htmlInsideIsReadAsHTML() throws {
        #expect(
            try blocks(
                "a\n\n<table><tr><th>x</th><th>y</th></tr>\n\n<tr><td>1</td><td>2</td></tr></table>\n\nb\n\n<!-- c\n\nd -->\n\ne"
            ) == [
                "paragraph: a", "table: x | y\n1 | 2", "paragraph: b", "paragraph: e",
            ])
        #expect(try blocks("<script>\nbad()\n\nworse()\n</script>\n\ngood") == ["paragraph: good"])
    }

    @Test func quotesAndRulesAndDefinitions() throws {
        #expect(
            try blocks("> quoted\n> > twice\n\n***\n\n[id]: http://x.y \"t\"\n\n[^1]: A note.\n") == [
                "paragraph: quoted twice", "paragraph: [^1]: A note.",
            ])
    }

    @Test func windowsLineEndsAndBlanks() throws {
        #expect(try blocks("\u{feff}# A\r\n\r\nx\r\ny\r") == ["heading1: A", "paragraph: x y"])
        #expect(throws: IngestError.blank) { try read(" \n\t\n") }
    }

    @Test func formulasAreKeptAsSource() throws {
        #expect(
            try blocks(
                "Antes $a_i * b_i$ e \\(x_1\\).\n\n$$\na_1 * b_1\n\n= c\n$$\n\n$$ x $$\n\n\\begin{align}\na &= b \\\\\n\\end{align}\nfim $$"
            ) == [
                "paragraph: Antes $a_i * b_i$ e $x_1$.", "code: $$\na_1 * b_1\n\n= c\n$$", "paragraph: $$ x $$",
                "code: \\begin{align}\na &= b \\\\\n\\end{align}", "paragraph: fim $$",
            ])
        #expect(try blocks("$$ never closed\n\ntext") == ["paragraph: $$ never closed", "paragraph: text"])
        #expect(try blocks("um \\(parêntese\\) escapado") == ["paragraph: um (parêntese) escapado"])
    }

    @Test func picturesWithinTheTextLeaveOnlyTheirNames() throws {
        let data = String(repeating: "iVBORw0KGgo", count: 5_000)
        #expect(try blocks("a ![figura](data:image/png;base64,\(data)) b") == ["paragraph: a figura b"])
        #expect(try blocks("a <img alt='x' src='data:image/png;base64,\(data)'> b") == ["paragraph: a  b"])
    }

    @Test func footnotesAreKept() throws {
        #expect(
            try blocks("Texto[^1] aqui.\n\n[^1]: A nota diz *mais*.") == [
                "paragraph: Texto[^1] aqui.", "paragraph: [^1]: A nota diz mais.",
            ])
    }

    @Test func manyOpenMarksTakeNoLongerThanTheyShould() throws {
        // Each would be quadratic for a reader that looks for the other end every time.
        for mark in [
            "[", "![", "**a ", "_a ", "`a", "<a ", "<!--", "$a", "&", "> ", "[a](", "~~a ", "![a](data:",
            "<img src=data:", "\\(x_", "\n$$ x\n",
        ] {
            _ = try? read(String(repeating: mark, count: 8_000) + " end")
        }
    }
}

@Suite struct PlainTextReaderTests {
    private func blocks(_ text: String) throws -> [String] {
        let document = try PlainTextReader.read(try #require(TextDecoder.decode(Array(text.utf8))))
        return document.blocks.map { block in
            "\(block.kind.rawValue)\(block.level > 0 ? "\(block.level)" : ""): \(document.text.utf8Substring(block.range))"
        }
    }

    @Test func paragraphsStayAsTheyAre() throws {
        #expect(
            try blocks("one\n  two\n\n\n    three\r\n \r\n- a\n- b") == [
                "paragraph: one\n  two", "paragraph:     three", "list: - a\n- b",
            ])
    }

    @Test func headingsByUnderlineAndCapitals() throws {
        #expect(
            try blocks("GUIA DO ALUNO\nversão 2\n\nTitle\n=====\ntext\n\n2.1 SAÍDA\n\nOK\n\nSIM!\n\nIMPORTANTE\nleia")
                == [
                    "heading1: GUIA DO ALUNO", "paragraph: versão 2", "heading1: Title", "paragraph: text",
                    "heading2: 2.1 SAÍDA",
                    "paragraph: OK", "paragraph: SIM!", "paragraph: IMPORTANTE\nleia",
                ])
    }

    @Test func linesThatAMarginHasCutAreJoined() throws {
        let text = """
            Este parágrafo foi escrito com margem fixa, como em mensagens antigas, e por isso as suas 
            linhas têm quase todas o mesmo comprimento; um leitor junta as linhas e, quando uma pala-
            vra foi partida, junta também a palavra, porque parágrafos e palavras são o que importa.

            1. primeiro item, que continua na
               linha de baixo
            2. segundo item

            Batatinha quando nasce
            Espalha a rama pelo chão

            """
        #expect(
            try blocks(text) == [
                "paragraph: Este parágrafo foi escrito com margem fixa, como em mensagens antigas, e por isso as suas "
                    + "linhas têm quase todas o mesmo comprimento; um leitor junta as linhas e, quando uma palavra foi "
                    + "partida, junta também a palavra, porque parágrafos e palavras são o que importa.",
                "list: 1. primeiro item, que continua na linha de baixo\n2. segundo item",
                "paragraph: Batatinha quando nasce\nEspalha a rama pelo chão",
            ])
    }

    @Test func formFeedsMakePages() throws {
        let document = try PlainTextReader.read(try TextFixture.decoded("um\u{0c}\n\u{0c}três\n\u{0c}"))
        #expect(document.pageCount == 3 && document.emptyPages == [2] && document.pageOffsets.count == 3)
        #expect(document.pages(of: document.blocks[1].range) == 3...3)
        #expect(try PlainTextReader.read(try TextFixture.decoded("um\u{0c}")).pageCount == nil)
    }
}
