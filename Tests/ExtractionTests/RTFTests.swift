import Support
import TestSupport
import Testing

@testable import Extraction

@Suite struct RTFTests {
    private func read(_ rtf: String) throws -> ExtractedDocument { try RTFReader.read(Array(rtf.utf8)) }

    @Test func allThatAWordProcessorWrites() throws {
        let document = try TextFixture.document("aula.rtf")
        #expect(
            document.listing == [
                "heading1: Introdução", "heading2: O que é recursão",
                "paragraph: Uma função {recursiva} chama a si mesma—sempre com um caso “menor”. "
                    + "Ela termina (Sem caso base, a pilha estoura.) no caso base.",
                "paragraph: Unição, €uro, — fim, é, 😊 sorriso.", "paragraph: Macintosh: ação.",
                "paragraph: Linha um\nLinha dois tabulada junta-se coração",
                "list: - Primeiro item\n  - Subitem\n2. Segundo passo", "paragraph: Visite o sítio hoje.",
                "paragraph: Visível e pronto.", "table: Nome | Nota\nJoão da Silva | 9,5\nAna | 10",
                "paragraph: Depois da tabela.", "paragraph: Texto da caixa", "paragraph: Resultado do objeto",
                "paragraph: Fim.",
            ])
        #expect(document.title == "Relatório da disciplina" && document.language == "pt")
        #expect(document.warnings == ["Hidden text was left out."])
        #expect(document.blocks[9].headerLength == "Nome | Nota\n".utf8.count)
    }

    @Test func unicodeAndItsSubstitutes() throws {
        #expect(try read(#"{\rtf1 a\u233\'e9b\u-3913?c}"#).text == "aéb•c")
        #expect(try read(#"{\rtf1\uc0 a\u233 b}"#).text == "aéb")
        #expect(try read(#"{\rtf1\uc3 a\u233\'41\'42Cb}"#).text == "aéb")
        let damaged = try read(#"{\rtf1 a\u-10179?b}"#)
        #expect(damaged.warnings.count == 1)
        #expect(try read(#"{\rtf1\ansicpg932 a\'e9}"#).warnings.count == 1, "an encoding without a table")
        let fonts =
            #"{\rtf1{\fonttbl{\f0\fcharset238 A;}{\f1\fcharset204 B;}}\f0 P\'f8\'edli\'9a{\f1  \'cc\'e8\'f0} \'9a}"#
        #expect(try read(fonts).text == "Příliš Мир š")
    }

    @Test(arguments: [
        "{\\rtf1", "{\\rtf1}", "{\\rtf1 \\u}", "{\\rtf1 \\u99999999999999999999 x}", "{\\rtf1\\bin99999999999 x}",
        "{\\rtf1\\bin-5 x}",
        "{\\rtf1\\'", "{\\rtf1\\'zz x}", "{\\rtf1 \\", "}}}}{\\rtf1 x", "{\\rtf1\\row\\cell\\row x\\par}",
        "{\\rtf1{\\*", "{\\rtf1\\uc-3\\u12",
        "{\\rtf1\\ilvl99999\\outlinelevel-7\\s-1 x\\par}", "{\\rtf1\\outlinelevel99 x\\par}",
    ])
    func brokenFilesAreReadAsFarAsTheyGo(_ rtf: String) {
        if let document = try? read(rtf) { #expect(document.isConsistent) }
    }

    @Test func depthDoesNoHarm() throws {
        #expect(try read("{\\rtf1 a" + String(repeating: "{", count: 200_000) + "b\\par}").text == "ab")
        #expect(try read("{\\rtf1 a" + String(repeating: "{\\footnote ", count: 20_000) + "b").isConsistent)
        #expect(try read("{\\rtf1 a\\par" + String(repeating: "}", count: 20_000) + "b").isConsistent)
    }

    @Test func mutationsNeverTrap() throws {
        let bytes = try TextFixture.bytes("aula.rtf")
        var random = LinearCongruential(seed: 11)
        for _ in 0..<400 {
            if let document = try? RTFReader.read(TextFixture.mutated(bytes, &random)) {
                #expect(document.isConsistent)
            }
        }
    }
}
