import Testing

@testable import HTTPClient

@Suite struct TransferTimersTests {
    private let timeouts = HTTPTimeouts(
        connect: .seconds(3), firstByte: .seconds(10), silence: .seconds(5), total: .seconds(60))

    @Test func eachPhaseHasItsLimit() {
        var timers = TransferTimers(timeouts, start: .seconds(100))
        #expect(timers.next == (.seconds(103), .connectTimeout))
        timers.progressed(at: .seconds(101))
        #expect(timers.next == (.seconds(111), .firstByteTimeout))
        timers.progressed(at: .seconds(104))
        #expect(timers.next == (.seconds(114), .firstByteTimeout))
        timers.received(at: .seconds(105))
        #expect(timers.next == (.seconds(110), .stalled))
        timers.progressed(at: .seconds(106))
        #expect(timers.next == (.seconds(110), .stalled), "the request's progress no longer counts")
        timers.paused()
        #expect(timers.next == (.seconds(160), .deadline), "a reader that is behind is no silence")
        timers.resumed(at: .seconds(120))
        #expect(timers.next == (.seconds(125), .stalled))
        timers.received(at: .seconds(158))
        #expect(timers.next == (.seconds(160), .deadline))
    }

    @Test func theWholeCallIsBounded() {
        let short = HTTPTimeouts(connect: .seconds(3), firstByte: .seconds(3), silence: .seconds(3), total: .seconds(1))
        #expect(TransferTimers(short, start: .zero).next == (.seconds(1), .deadline))
    }
}
