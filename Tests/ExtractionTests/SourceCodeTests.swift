import Support
import Testing

@testable import Extraction

@Suite struct SourceCodeTests {
    @Test func definitionsBecomeBlocksWithTheirLines() throws {
        let code = """
            \"\"\"Módulo.\"\"\"
            import os

            # Soma dois números.
            def soma(a, b):

                return a + b


            class Aluno:
                nome = ""
            """
        let document = try SourceCodeReader.read(try TextFixture.decoded(code))
        #expect(
            document.listing == [
                "code: \"\"\"Módulo.\"\"\"\nimport os",
                "code: # Soma dois números.\ndef soma(a, b):\n\n    return a + b",
                "code: class Aluno:\n    nome = \"\"",
            ])
        #expect(document.blocks.map { document.place(of: $0.range) ?? "" } == ["1–2", "4–7", "10–11"])
        #expect(document.markKind == .line)
    }

    @Test func longFunctionsAreCutAtBlankLines() throws {
        let code = "def f():\n" + String(repeating: "    x = 1\n    y = 2\n\n", count: 200)
        let document = try SourceCodeReader.read(try TextFixture.decoded(code))
        #expect(document.blocks.count > 5 && document.isConsistent)
        #expect(document.place(of: document.blocks[1].range)?.hasPrefix("62–") ?? false)
    }

    @Test func largeFilesGetCoarserPlaces() throws {
        let code = String(repeating: "x = 1 # um comentário para encher\n", count: 100_000)
        let document = try SourceCodeReader.read(try TextFixture.decoded(code))
        #expect(document.marks.count == 50_000 && document.isConsistent)
        #expect(document.place(of: 0..<document.text.utf8.count) == "1–100000")
    }
}
