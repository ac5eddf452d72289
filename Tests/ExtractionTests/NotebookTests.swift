import Support
import TestSupport
import Testing

@testable import Extraction

@Suite struct NotebookTests {
    @Test func everyKindOfCell() throws {
        let document = try TextFixture.document("aula.ipynb")
        let listing = document.listing
        #expect(
            listing.filter { !$0.hasPrefix("code: linha é") } == [
                "heading1: Médias", "paragraph: Some todos os valores de $x_i$.", "paragraph: quadro",
                "code: $$\n\\bar{x} = \\frac{1}{n} \\sum_{i=1}^{n} x_i\n$$", "table: a | b\n1 | 2",
                "code: def media(v):\n    return sum(v) / len(v)", "code: media([7, 8])", "code: calculando\n100%\n7.5",
                "code: media([])", "code: ZeroDivisionError: division by zero", "code: print('linha\\n' * 2000)",
                "paragraph: Nota crua.",
            ])
        #expect(document.title == "Médias" && document.mediaType == "application/x-ipynb+json")
        #expect(document.warnings == ["The output of 1 cell was longer than 4000 characters and was cut."])
        let cut = try #require(listing.first { $0.hasPrefix("code: linha é") })
        #expect(cut.utf8.count <= NotebookReader.outputLimit + "code: ".utf8.count)
        for unwanted in ["iVBOR", "FutureWarning", "em HTML", "<Figure", "long story"] {
            #expect(document.text.range(ofASCII: unwanted) == nil)
        }
    }

    @Test func theOldFormatUnderAnotherName() throws {
        #expect(
            try TextFixture.document("antigo.json.txt").listing == [
                "heading2: Formato antigo", "code: print('olá')", "code: olá\n42\nNameError: x",
            ])
    }

    @Test(arguments: ["{}", "{\"cells\": 1}", "{\"cells\": [", "{\"cells\"", "[]", "{\"worksheets\": [1, {}]}"])
    func whatIsNoNotebookIsSaid(_ json: String) throws {
        let result = Result { () throws(IngestError) in
            try NotebookReader.read(.init(text: json))
        }
        guard case .failure(let error) = result else {
            Issue.record("it was read")
            return
        }
        #expect([.broken, .noText].contains(error.code))
    }

    @Test func mutationsNeverTrap() throws {
        let bytes = Array(try TextFixture.bytes("aula.ipynb").prefix(3_000)) + Array("\"}]}".utf8)
        var random = LinearCongruential(seed: 5)
        for _ in 0..<300 {
            guard let decoded = TextDecoder.decode(TextFixture.mutated(bytes, &random)) else { continue }
            if let document = try? NotebookReader.read(decoded) { #expect(document.isConsistent) }
        }
    }
}
