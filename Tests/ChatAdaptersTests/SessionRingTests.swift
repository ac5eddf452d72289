import ChatService
import Support
import Testing

@testable import ChatAdapters

@Suite("Session ring")
struct SessionRingTests {
    private func event(_ seq: Int64, at seconds: Int64 = 0, kind: ChatEvent.Kind = .messageDelta, bytes: Int = 10)
        -> LoggedEvent
    {
        LoggedEvent(
            seq: seq, storedAt: Timestamp(milliseconds: seconds * 1000), kind: kind, jobID: "job",
            frame: String(repeating: "x", count: bytes), isTerminal: kind == .messageCompleted,
            isDurable: kind != .messageDelta)
    }

    @Test("Never more than the bounds, and what fell out is told as lost")
    func bounds() {
        var ring = SessionRing()
        for seq in 1...Int64(SessionRing.mostEvents + 3000) { ring.append(event(seq, bytes: 1)) }
        #expect(ring.count == SessionRing.mostEvents)
        #expect(ring.read(after: 2999) == .lost)
        guard case .events(let events) = ring.read(after: 3000) else {
            Issue.record("event 3001 is not there")
            return
        }
        #expect(events.first?.seq == 3001 && events.count == SessionRing.mostRead)
        #expect(ring.read(after: ring.lastSeq) == .nothingYet)

        var heavy = SessionRing()
        for seq in 1...Int64(5) { heavy.append(event(seq, bytes: SessionRing.mostBytes / 2)) }
        #expect(heavy.count == 2)
        // One event larger than the bound is still told.
        heavy.append(event(6, bytes: SessionRing.mostBytes + 1))
        #expect(heavy.read(after: 5) == .events([event(6, bytes: SessionRing.mostBytes + 1)]))
    }

    @Test("A reader's place: from all that is kept, from the middle, from the end, from beyond")
    func places() {
        var ring = SessionRing()
        for seq in 1...Int64(10) { ring.append(event(seq)) }
        let epoch = ring.epoch
        #expect(ring.position(after: nil) == (0, 0))
        #expect(ring.position(after: 4) == (4, 4))
        #expect(ring.position(after: 10) == (10, 10))
        #expect(ring.position(after: 99) == (10, 10))
        #expect(ring.position(after: .max) == (10, 10))
        #expect(ring.epoch == epoch)
        ring.clear()
        #expect(ring.epoch != epoch && ring.read(after: 4) == .lost)
        #expect(ring.nextSeq == 11)
    }

    @Test("Numbers after a restart leap over all that may have been given out")
    func leap() {
        var ring = SessionRing(durable: [event(3, kind: .status), event(9, kind: .status)], lastDurable: 9)
        #expect(ring.nextSeq == 9 + SessionRing.leap + 1)
        #expect(ring.position(after: 3) == (3, 8))
        #expect(ring.position(after: 700) == (700, 9 + SessionRing.leap))
        let fresh = SessionRing()
        #expect(fresh.nextSeq == 1)
    }
}
