import Glibc
import Testing

@testable import Commands

@Suite struct LineInputTests {
    private final class Pipe {
        let reading: CInt
        private var writing: CInt?

        init() throws {
            var ends: [CInt] = [0, 0]
            // Not `pipe`: a child process of another test must not inherit an end and keep it open.
            let type = CInt(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue)
            try #require(socketpair(AF_UNIX, type, 0, &ends) == 0)
            (reading, writing) = (ends[0], ends[1])
        }

        func close() {
            Glibc.close(reading)
            end()
        }

        func write(_ text: String) throws {
            #expect(Glibc.write(try #require(writing), text, text.utf8.count) == text.utf8.count)
        }

        func end() {
            if let writing { Glibc.close(writing) }
            writing = nil
        }
    }

    @Test func whatIsThereComesAtOnceAndAPartOfALineWaits() async throws {
        let pipe = try Pipe()
        defer { pipe.close() }
        let input = LineInput(descriptor: pipe.reading)
        try pipe.write("one\r\n\ntwo\nthr")
        #expect(try await input.next(64) == ["one", "", "two"])
        try pipe.write("ee\nfour\n")
        #expect(try await input.next(1) == ["three"])
        #expect(try await input.next(64) == ["four"])
    }

    @Test func theLastLineNeedsNoBreak() async throws {
        let pipe = try Pipe()
        defer { pipe.close() }
        let input = LineInput(descriptor: pipe.reading)
        try pipe.write("one\nlast\r")
        pipe.end()
        #expect(try await input.next(64) == ["one", "last\r"])
        #expect(try await input.next(64).isEmpty)
    }

    @Test func anEndlessLineIsRefusedInBoundedMemory() async throws {
        let zeros = open("/dev/zero", O_RDONLY | O_CLOEXEC)
        defer { close(zeros) }
        let input = LineInput(descriptor: zeros)
        let failure = await #expect(throws: CommandFailure.self) { try await input.next(64) }
        #expect(failure?.label == "line_too_long")
    }
}
