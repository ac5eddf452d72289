extension TotalQueue {
    /// A jump of numbers that only a session loaded anew can make: the deltas of the former process are lost, and room
    /// is left for all their numbers.
    private static let leap: Int64 = 500_000

    /// Each session's numbers: one event a number for ever, each client's rising, and none missing.
    mutating func checkNumbers() {
        for (session, readings) in Dictionary(grouping: chronicle.readings, by: \.session) {
            let durable = chronicle.ledger.events.filter { $0.session == session }
            checkMeanings(session, readings, durable)
            let numbers = durable.map(\.seq).sorted()
            let unbroken = Self.unbroken(readings)
            for (client, own) in Dictionary(grouping: readings, by: \.client) {
                checkSteps(client, own, durable: numbers, unbroken: unbroken)
            }
        }
    }

    private mutating func checkMeanings(
        _ session: String, _ readings: [Chronicle.Reading], _ durable: [Chronicle.EventRow]
    ) {
        var meanings: [Int64: (job: String, word: Chronicle.Word)] = [:]
        let all =
            durable.map { ($0.seq, $0.job, $0.word) } + readings.flatMap(\.events).map { ($0.seq, $0.job, $0.word) }
        for (seq, job, word) in all {
            if let first = meanings[seq], first != (job, word) {
                found(.repeated, "number \(seq) of session \(session) is \(first.word) and \(word)")
            }
            meanings[seq] = (job, word)
        }
    }

    /// Each step from a number to the next that a client saw.
    private mutating func checkSteps(
        _ client: String, _ readings: [Chronicle.Reading], durable: [Int64], unbroken: [String: Int64]
    ) {
        var last = (seq: Int64(0), epoch: readings.first?.epoch ?? "")
        for reading in readings {
            if let after = reading.after, after != last.seq {
                // The client's own mistake would make the check worthless.
                found(.contradiction, "\(client) resumed after \(after), but had seen \(last.seq)")
            }
            for event in reading.events {
                let (from, to) = (last.seq, event.seq)
                if to <= from {
                    found(.repeated, "\(client) was told \(to) after \(from)")
                } else if to != from + 1 {
                    if let missed = durable.first(where: { $0 > from && $0 < to }) {
                        found(.gap, "\(client) was told \(to) after \(from), but not \(missed), which is on disk")
                    } else if reading.epoch == last.epoch, let start = unbroken[reading.epoch], from >= start {
                        found(.gap, "\(client) was told \(to) after \(from) in one epoch")
                    }
                }
                last = (max(from, to), reading.epoch)
            }
            last.epoch = reading.epoch
        }
    }

    /// By epoch, the number from which on there can be no hole: everything since the session was loaded.
    ///
    /// What was loaded has holes where a former process's deltas were, and none of them; so an epoch's deltas stand
    /// behind its last leap.
    private static func unbroken(_ readings: [Chronicle.Reading]) -> [String: Int64] {
        Dictionary(grouping: readings, by: \.epoch).compactMapValues { readings in
            let events = readings.flatMap(\.events).sorted { $0.seq < $1.seq }
            let leaps = zip(events, events.dropFirst()).filter { $1.seq - $0.seq > leap }
            let start = leaps.last.map { $0.1.seq } ?? (events.first?.seq ?? 0 > leap ? events[0].seq : 0)
            return events.contains { $0.seq >= start && $0.word.isDelta } ? start : nil
        }
    }

    /// The deltas of each stream count from 0 and add up to the answer, where one client saw them all.
    mutating func checkTexts() {
        let epochs = Dictionary(grouping: chronicle.readings, by: \.session).mapValues { Set($0.map(\.epoch)).count }
        let answers = Dictionary(chronicle.ledger.answers.map { ($0.job, $0.content) }) { first, _ in first }
        for (_, readings) in Dictionary(grouping: chronicle.readings, by: { "\($0.client) \($0.epoch)" }) {
            let events = readings.flatMap(\.events)
            let ended = Set(events.filter(\.word.isTerminal).map(\.job))
            for (job, own) in Dictionary(grouping: events, by: \.job) {
                var streams: [Stream: [String]] = [:]
                var isWhole = true
                for case .delta(let attempt, let stream, let index, let text) in own.map(\.word) {
                    let place = Stream(attempt: attempt, stream: stream)
                    let isFirst = streams[place] == nil
                    if index != streams[place, default: []].count {
                        isWhole = false
                        // Of a stream that a restart or an eviction cut in two, this is the second part.
                        if !(isFirst && epochs[readings[0].session, default: 1] > 1) {
                            found(.gap, "delta \(index) of job \(job) follows \(streams[place, default: []].count - 1)")
                        }
                    }
                    while streams[place, default: []].count < index { streams[place, default: []].append("") }
                    streams[place, default: []].append(text)
                }
                guard isWhole, ended.contains(job), let newest = streams.keys.max(), let answer = answers[job] else {
                    continue
                }
                if streams[newest, default: []].joined() != answer {
                    found(.contradiction, "the deltas of job \(job) are not its answer")
                }
            }
        }
    }

    private struct Stream: Hashable, Comparable {
        let attempt: Int
        let stream: Int

        static func < (left: Stream, right: Stream) -> Bool {
            (left.attempt, left.stream) < (right.attempt, right.stream)
        }
    }
}
