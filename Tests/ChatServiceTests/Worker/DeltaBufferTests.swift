import Testing

@testable import ChatService

@Suite("Delta buffer")
struct DeltaBufferTests {
    @Test("Pieces that follow each other become one; other steps keep their place")
    func merging() {
        var buffer = DeltaBuffer()
        for step in [
            AnsweringStep.retrieving, .generating(sources: []), .delta(stream: 1, "a"), .delta(stream: 1, ""),
            .delta(stream: 1, "b"),
        ] { buffer.add(step) }
        #expect(buffer.take() == [.retrieving, .generating(sources: []), .delta(stream: 1, "ab")])
        #expect(buffer.take().isEmpty)
        buffer.add(.delta(stream: 1, ""))
        #expect(buffer.take().isEmpty)
    }

    @Test("Text of a stream that broke is not sent any more")
    func restart() {
        var buffer = DeltaBuffer()
        for step in [
            AnsweringStep.delta(stream: 1, "void"), .restarted(stream: 2), .delta(stream: 2, "a"),
            .delta(stream: 2, "b"),
        ] { buffer.add(step) }
        #expect(buffer.take() == [.restarted(stream: 2), .delta(stream: 2, "ab")])
    }
}
