import TestSupport
import Testing

@testable import Extraction

/// Presentations: what stands on the slides, in the order in which it is read, and nothing else.
@Suite struct PPTXReaderTests {
    @Test func aLectureIsReadSlideBySlide() throws {
        let deck = try SlideFixture.read("aula.pptx")
        #expect(deck.title == "Aula 7: Recursão")
        #expect(deck.language == "pt")
        #expect(deck.pageUnit == .slide)
        #expect(deck.pageCount == 10)
        #expect(deck.pageOffsets.count == 10)
        #expect(deck.emptyPages == [9])
        #expect(deck.isConsistent)
        #expect(
            deck.texts(onPage: 1) == [
                "heading1: Aula 7: Recursão", "paragraph: Estruturas de dados", "paragraph: Universidade Exemplo",
                "paragraph: [Notes] Cumprimentar a turma.", "paragraph: Lembrar da prova.",
            ])
        #expect(
            deck.texts(onPage: 2) == [
                "heading2: O que é recursão?",
                """
                list: - Uma função que chama a si mesma
                  - caso base
                  - passo recursivo
                    - sempre menor
                - Cada chamada tem o seu quadro na pilha
                """,
            ])
        #expect(deck.texts(onPage: 7) == ["heading1: Parte II", "paragraph: Aplicações"])
        #expect(deck.texts(onPage: 8) == ["heading2: Slide oculto", "list: 4. Primeiro\n5. Segundo\n6. Terceiro"])
    }

    @Test func columnsAreReadOneAfterAnother() throws {
        #expect(
            try SlideFixture.read("aula.pptx").texts(onPage: 3) == [
                "heading2: Duas colunas", "paragraph: Esquerda em cima, caixa alta", "paragraph: Esquerda em baixo",
                "paragraph: Direita em cima", "paragraph: Direita em baixo", "paragraph: Rodapé de toda a largura",
            ])
    }

    @Test func tablesKeepTheirHeadAndRepeatWhatSpansRows() throws {
        let deck = try SlideFixture.read("aula.pptx")
        let table = """
            Algoritmo | Caso | Tempo
            Quicksort | médio | n log n
            Quicksort | pior | n²
            Mergesort | todos | n log n
            Fim da tabela |  |
            """
        #expect(deck.texts(onPage: 4).last == "table: " + table)
        let block = try #require(deck.blocks.first { $0.kind == .table })
        #expect(block.headerLength == "Algoritmo | Caso | Tempo\n".utf8.count)
    }

    @Test func chartsDiagramsFormulasAndCodeAreText() throws {
        let deck = try SlideFixture.read("aula.pptx")
        #expect(
            deck.texts(onPage: 5) == [
                "heading2: Medidas", "paragraph: Tempo em segundos",
                "table:  | iterativo | recursivo\nn=10 | 0.1 | 0.3\nn=20 | 0.2 | 12.5\nn=40 | 0.4 |",
            ])
        #expect(
            deck.texts(onPage: 6) == [
                "heading2: Código e figuras",
                "code: def fib(n):\n    if n < 2:\n        return n\n    return fib(n-1) + fib(n-2)",
                "paragraph: [Figure: Árvore de chamadas de fib(5)]",
            ])
        #expect(
            deck.texts(onPage: 10) == [
                "heading2: Fórmula e diagrama", "paragraph: A razão é a/b.",
                "list: - Problema\n  - Dividir\n  - Combinar",
            ])
    }

    @Test func whatIsLeftOutOrDoubtfulIsSaid() throws {
        let warnings = try SlideFixture.read("aula.pptx").warnings
        #expect(
            warnings == [
                "Slide 8 is hidden in the presentation and nevertheless read. Delete what students should not find.",
                "1 hidden object was left out.", "1 object was beside the visible part of the slides left out.",
                "1 reviewers' comment was left out.",
            ])
        let comments = try SlideFixture.read("../documents/powerpoint_comments.pptx")
        #expect(!comments.text.contains("sample reviewer comment"))
        #expect(comments.warnings == ["4 reviewers' comments were left out."])
    }

    @Test func aDamagedSlideCostsOnlyItself() throws {
        let deck = try SlideFixture.read("damaged_slide.pptx")
        #expect(deck.texts() == [1, 3].map { "heading2: Slide number \($0) of this deck" })
        #expect(deck.emptyPages == [2])
        #expect(deck.pages(of: deck.blocks[1].range) == 3...3)
        #expect(deck.warnings == ["Slide 2 is damaged and could not be read. Save the presentation again."])
    }

    @Test func relationshipsDecideTheOrder() throws {
        let deck = try SlideFixture.read("../documents/testPPTX_overlappingRelations.pptx")
        #expect(deck.texts(onPage: 1) == ["heading1: POI cannot read this"])
        #expect(deck.texts(onPage: 2) == ["list: - POI can read this\n  - Has a relationship to another slide"])
        #expect(deck.texts(onPage: 4) == ["list: - POI can read this too"])
    }

    @Test func groupsInGroupsAreRead() throws {
        let deck = try SlideFixture.read("../documents/group-shapes-nested.pptx")
        #expect(Set(deck.texts()) == Set("ABCDEFGHIJ".map { "paragraph: \($0)" }))
    }

    /// A slide of shapes that are text boxes with this inner XML each.
    private func deck(_ paragraphs: String...) throws -> ExtractedDocument {
        let shapes = paragraphs.map {
            "<p:sp><p:nvSpPr><p:cNvPr id=\"2\" name=\"\"/><p:nvPr/></p:nvSpPr><p:txBody>\($0)</p:txBody></p:sp>"
        }
        let names = SlideFixture.names
        return try SlideFixture.read(
            [
                "[Content_Types].xml": SlideFixture.types("presentationml.presentation"),
                "_rels/.rels": SlideFixture.packageRelationships,
                "main.xml":
                    #"<p:presentation \#(names)><p:sldIdLst><p:sldId id="256" r:id="s"/></p:sldIdLst></p:presentation>"#,
                "_rels/main.xml.rels": SlideFixture.relationships(["s": ("slide", "slide.xml")]),
                "slide.xml":
                    "<p:sld \(names)><p:cSld><p:spTree>\(shapes.joined())</p:spTree></p:cSld></p:sld>",
            ], as: "deck.pptx")
    }

    @Test func runsBreaksFieldsAndPowers() throws {
        let deck = try deck(
            """
            <a:p><a:r><a:t>10</a:t></a:r><a:r><a:rPr baseline="30000"/><a:t>3</a:t></a:r><a:br/><a:r><a:t>next</a:t></a:r></a:p>
            <a:p><a:fld type="slidenum"><a:t>7</a:t></a:fld></a:p><a:p><a:fld type="x"><a:t>a field</a:t></a:fld></a:p>
            <a:p><a:r><a:t>so </a:t></a:r><a:r><a:rPr><a:sym typeface="Wingdings"/></a:rPr><a:t>à</a:t></a:r></a:p>
            """)
        #expect(deck.texts() == ["paragraph: 10^3\nnext", "paragraph: a field", "paragraph: so →"])
    }

    @Test func aSlideWithoutTextIsNoDocument() {
        #expect(throws: IngestError.blank) { try deck("<a:p><a:r><a:t> </a:t></a:r></a:p>") }
        #expect(throws: IngestError.broken("PowerPoint document")) {
            try SlideFixture.read(
                [
                    "[Content_Types].xml": SlideFixture.types("presentationml.presentation"),
                    "_rels/.rels": SlideFixture.packageRelationships, "main.xml": "<p:presentation",
                ], as: "deck.pptx")
        }
    }

    /// Any byte of a slide may be wrong: the reader must end, with text or a reason.
    @Test func noDamageIsTooMuch() throws {
        let good = Array(
            """
            <a:p><a:pPr lvl="2"><a:buAutoNum type="alphaLcParenR" startAt="3"/></a:pPr><a:r><a:t>one</a:t></a:r></a:p>
            """.utf8)
        var random = LinearCongruential(seed: 7)
        for _ in 0..<60 {
            var bytes = good
            for _ in 0..<3 {
                bytes[Int(random.next() % UInt64(bytes.count))] = UInt8(truncatingIfNeeded: random.next())
            }
            if let document = try? deck(String(decoding: bytes, as: UTF8.self)) { #expect(document.isConsistent) }
        }
    }
}
