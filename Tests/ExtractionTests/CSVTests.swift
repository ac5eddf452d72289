import Support
import TestSupport
import Testing

@testable import Extraction

@Suite struct CSVTests {
    private func read(_ text: String, isTabbed: Bool = false) throws -> ExtractedDocument {
        try DelimitedText.read(try TextFixture.decoded(text), isTabbed: isTabbed)
    }

    @Test(arguments: [",", ";", "\t", "|"])
    func everySeparator(_ separator: String) throws {
        let rows = [["nome", "nota", "obs"], ["Ana", "10", "ótima"], ["João", "9.5", ""]]
        let document = try read(rows.map { $0.joined(separator: separator) }.joined(separator: "\r\n"))
        #expect(document.text == "nome | nota | obs\nAna | 10 | ótima\nJoão | 9.5")
        #expect(document.blocks.count == 1 && document.blocks[0].headerLength == "nome | nota | obs\n".utf8.count)
    }

    @Test func quotesAndPlaces() throws {
        let document = try read("nome;nota\n\"Silva; João\";9,5\n\n\"linha 1\nlinha 2\";\"disse \"\"oi\"\" ok\"\n")
        #expect(document.text == "nome | nota\nSilva; João | 9,5\nlinha 1 linha 2 | disse \"oi\" ok")
        #expect(document.place(of: 0..<document.text.utf8.count) == "A1:B4")
        let second = try #require(document.text.range(ofASCII: "Silva"))
        let offset = document.text.utf8.distance(from: document.text.startIndex, to: second.lowerBound)
        #expect(document.place(of: offset..<offset + 5) == "A2:B2")
        #expect(document.markKind == .cells)
    }

    @Test func headersAreToldFromData() throws {
        #expect(try read("1,2\n3,4").blocks[0].headerLength == 0)
        #expect(try read("ano,valor\n2020,4").blocks[0].headerLength > 0)
        #expect(try read("a,a\n3,4").blocks[0].headerLength == 0)
        #expect(try read("só uma linha,x").blocks[0].headerLength == 0)
    }

    @Test func excelsOwnFirstLine() throws { #expect(try read("sep=;\na;b\n1,5;2").text == "a | b\n1,5 | 2") }

    @Test func longFilesBecomeBlocksWithTheirHead() throws {
        let document = try read("id,nome\n" + (1...25_000).map { "\($0),x\($0)" }.joined(separator: "\n"))
        #expect(document.blocks.count == 3 && document.isConsistent)
        #expect(document.text.utf8Substring(document.blocks[2].range).hasPrefix("id | nome\n20000 | x20000"))
        #expect(document.place(of: document.blocks[2].range)?.hasSuffix("B25001") ?? false)
    }

    @Test func columnNames() {
        #expect([1, 26, 27, 702, 703].map(DelimitedText.columnName) == ["A", "Z", "AA", "ZZ", "AAA"])
    }

    @Test func hostileTablesAreBounded() throws {
        #expect(try read("a" + String(repeating: ",\"", count: 50_000)).isConsistent)
        #expect(try read("x,y\n" + String(repeating: "a,", count: 100_000)).isConsistent)
        #expect(try read("x,y\n\"" + String(repeating: "z", count: 300_000) + ",1").isConsistent)
        #expect(throws: IngestError.blank) { try read(",,,\n,,,\n") }
    }

    @Test func mutationsNeverTrap() throws {
        let bytes = Array("sep=;\nnome;\"no\"\"ta\";obs\n\"Silva; João\";9,5;\"a\nb\"\n|\t;;;\r\nÁ;é;\n".utf8)
        var random = LinearCongruential(seed: 7)
        for _ in 0..<500 {
            guard let decoded = TextDecoder.decode(TextFixture.mutated(bytes, &random)) else { continue }
            if let document = try? DelimitedText.read(decoded, isTabbed: false) { #expect(document.isConsistent) }
        }
    }
}
