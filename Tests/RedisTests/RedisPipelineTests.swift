import Support
import Testing

@testable import Redis

/// The orders of events that a race would only sometimes show.
@Suite struct RedisPipelineTests {
    private typealias Pipeline = RedisPipeline<Int>

    private func entry(_ ticket: Int?, expires: Int, isRepeatable: Bool = false) -> Pipeline.Entry {
        Pipeline.Entry(
            ticket: ticket, command: RedisCommand("GET", [.number(Int64(ticket ?? 0))], isRepeatable: isRepeatable),
            expires: .milliseconds(expires))
    }

    private func pipeline(_ entries: [Pipeline.Entry], most: Int = 100) -> Pipeline {
        var pipeline = Pipeline(mostEntries: most, mostBytes: 10_000)
        for entry in entries { #expect(pipeline.add(entry) == true) }
        return pipeline
    }

    private func answered(_ pipeline: inout Pipeline) -> Int? {
        if case .ticket(let ticket) = pipeline.answered() { ticket } else { nil }
    }

    @Test func repliesGoToCommandsInTheirOrder() {
        var pipeline = pipeline([entry(1, expires: 500), entry(nil, expires: 500), entry(3, expires: 500)])
        #expect(!pipeline.hasReplyDue)
        let output = pipeline.takeOutput(room: 1)
        #expect(String(decoding: output, as: UTF8.self) == "*2\r\n$3\r\nGET\r\n$1\r\n1\r\n")
        #expect(pipeline.hasReplyDue && pipeline.count == 3)
        #expect(pipeline.takeOutput(room: 1_000).count == 2 * output.count)
        #expect(answered(&pipeline) == 1)
        guard case .nobody = pipeline.answered() else {
            Issue.record("somebody waits")
            return
        }
        #expect(answered(&pipeline) == 3)
        guard case .unasked = pipeline.answered() else {
            Issue.record("it was asked")
            return
        }
    }

    @Test func whatExpiresIsOverAndItsReplyThrownAway() {
        var pipeline = pipeline([
            entry(1, expires: 100), entry(2, expires: 200), entry(3, expires: 300), entry(4, expires: 310),
        ])
        _ = pipeline.takeOutput(room: 40)
        #expect(pipeline.nextExpiry == .milliseconds(100))
        #expect(pipeline.expire(now: .milliseconds(250)) == [1, 2])
        #expect(pipeline.expire(now: .milliseconds(250)).isEmpty)
        #expect(pipeline.nextExpiry == .milliseconds(300) && pipeline.oldestDue == .milliseconds(100))
        #expect(answered(&pipeline) == nil)
        #expect(answered(&pipeline) == nil)
        #expect(!pipeline.hasReplyDue)
        _ = pipeline.takeOutput(room: 1)
        #expect(pipeline.expire(now: .milliseconds(305)) == [3])
        #expect(pipeline.nextExpiry == .milliseconds(310))
        #expect(pipeline.expire(now: .milliseconds(310)) == [4])
        #expect(pipeline.count == 1 && pipeline.nextExpiry == nil)
    }

    @Test func onlyWhatMayBeRepeatedIsSentAgain() {
        var pipeline = pipeline([
            entry(1, expires: 100, isRepeatable: true), entry(2, expires: 500),
            entry(3, expires: 500, isRepeatable: true),
            entry(4, expires: 500),
        ])
        _ = pipeline.takeOutput(room: 60)
        #expect(pipeline.expire(now: .milliseconds(150)) == [1])
        #expect(pipeline.broke(now: .milliseconds(150)) == [2])
        // 3 goes first, 4 was never sent.
        _ = pipeline.takeOutput(room: 1_000)
        #expect(answered(&pipeline) == 3)
        #expect(answered(&pipeline) == 4)
        #expect(pipeline.count == 0)
    }

    @Test func roomIsBounded() {
        var pipeline = pipeline([entry(1, expires: 1), entry(2, expires: 1)], most: 2)
        #expect(pipeline.add(entry(3, expires: 1)) == false)
        _ = pipeline.takeOutput(room: 1)
        #expect(pipeline.add(entry(3, expires: 1)) == false)
        #expect(answered(&pipeline) == 1)
        #expect(pipeline.add(entry(3, expires: 1)) == true)
        #expect(pipeline.abandon() == [2, 3])
        var small = Pipeline(mostEntries: 10, mostBytes: 50)
        #expect(small.add(entry(1, expires: 1)) == true)
        #expect(small.add(entry(1, expires: 1)) == true)
        #expect(small.add(entry(1, expires: 1)) == false)
        #expect(small.abandon().count == 2)
        #expect(small.add(entry(1, expires: 1)) == true)
    }

    @Test func aLongLineStaysInOrder() {
        var fifo = Fifo<Int>()
        var next = 0
        for number in 0..<10_000 {
            fifo.append(number)
            if number % 3 == 0 {
                #expect(fifo.popFirst() == next)
                next += 1
            }
        }
        #expect(fifo.first == next && fifo.count == 10_000 - next && fifo[2] == next + 2)
        #expect(fifo.removeAll() == Array(next..<10_000))
        #expect(fifo.isEmpty)
    }
}
