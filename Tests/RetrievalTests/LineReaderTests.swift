import Testing

@testable import Retrieval

@Suite struct LineReaderTests {
    private let fixture: CourseFixture

    init() throws { fixture = try CourseFixture() }

    @Test func linesOfEverySizeComeOutWhole() async throws {
        // Longer than a block, exactly a block, empty, with carriage returns, without a last line break.
        let lengths = [1, 300_000, 262_143, 262_144, 1, 600_000, 7]
        var lines: [String] = []
        for (number, length) in lengths.enumerated() { lines.append(String(repeating: "\(number)", count: length)) }
        let text = "\n" + lines.joined(separator: "\r\n\n  \n")
        let reader = try LineReader(file: try fixture.write(text, to: "lines"))
        var found: [NumberedLine] = []
        while case let next = try await reader.next(2), !next.isEmpty { found += next }
        let texts = found.map { String(decoding: $0.bytes, as: UTF8.self) }
        #expect(texts == lines)
        #expect(found.map(\.number) == [2, 5, 8, 11, 14, 17, 20])
        #expect(try await reader.next(2).isEmpty)
    }

    @Test func anEndlessLineIsRefusedInBoundedMemory() async throws {
        let reader = try LineReader(file: "/dev/zero")
        let error = await #expect(throws: EvaluationError.self) { try await reader.next(1) }
        #expect(error?.description.contains("longer than 16 MiB") == true)
    }
}
