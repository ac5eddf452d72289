import Foundation
import Testing

/// What the fuzzer has found worth keeping, put through the same checks without it.
@Suite struct CorpusTests {
    static let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .appending(path: "Corpus")

    @Test(arguments: FuzzTarget.all.map(\.name)) func everyInputThatWasKeptHolds(_ name: String) throws {
        let target = try #require(FuzzTarget.all.first { $0.name == name })
        let lines = try String(contentsOf: Self.folder.appending(path: "\(name).txt"), encoding: .utf8)
            .split(separator: "\n")
        #expect(lines.count >= 50)
        for line in lines {
            let input = try #require(Data(base64Encoded: String(line)), "a line that is no Base64: \(line)")
            let complaint = target.check(Array(input))
            #expect(complaint == nil, "\(name): \(line)")
        }
    }
}
