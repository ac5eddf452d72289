/// Holds a run against the promise: every accepted question ends exactly once, and each session is told so without a gap
/// or a repeat. What Jepsen calls a total queue: what went in comes out, once, and nothing else does. A pure function.
struct TotalQueue {
    enum Fault: String, Sendable, CaseIterable {
        /// A promise without an end, an end without its answer, or an end that nobody was told.
        case lost
        /// Two answers, two ends, or one question accepted as two.
        case doubled
        /// What nobody asked for: a job of a refused question, an answer of none, an event behind the end.
        case unexpected
        /// A number between two others that its session had to tell and did not.
        case gap
        /// A number told twice, or used for two events.
        case repeated
        /// An answer that overtook an earlier question of its conversation.
        case disorder
        /// An end behind the deadline.
        case late
        /// A deadline that was over before its time.
        case early
        /// What was told is not what is on disk.
        case contradiction
    }

    struct Finding: Hashable, Sendable, CustomStringConvertible {
        let fault: Fault
        let what: String
        var description: String { "\(fault.rawValue): \(what)" }
    }

    let chronicle: Chronicle
    private(set) var findings: [Finding] = []

    static func findings(in chronicle: Chronicle) -> [Finding] {
        var check = TotalQueue(chronicle: chronicle)
        check.checkJobs()
        check.checkClients()
        check.checkOrder()
        check.checkNumbers()
        check.checkTexts()
        return check.findings
    }

    mutating func found(_ fault: Fault, _ what: String) { findings.append(Finding(fault: fault, what: what)) }

    /// The promises, in the order in which they were given.
    var promises: [Chronicle.Promise] {
        chronicle.asks.compactMap { if case .accepted(let promise) = $0.outcome { promise } else { nil } }
    }

    // MARK: The database

    private mutating func checkJobs() {
        let rows = Dictionary(grouping: chronicle.ledger.jobs, by: \.job)
        for ask in chronicle.asks {
            let own = chronicle.ledger.jobs.filter { $0.tag == ask.tag }
            if own.count > 1 { found(.doubled, "question \(ask.tag) is there \(own.count) times") }
            switch ask.outcome {
            case .accepted(let promise):
                guard let row = rows[promise.job]?.first else {
                    found(.lost, "job \(promise.job) of \(ask.tag) is not in the database")
                    continue
                }
                if row.tag != ask.tag || row.session != promise.session || row.conversation != promise.conversation {
                    found(.contradiction, "job \(promise.job) is not the one that \(ask.tag) was promised")
                }
            case .refused:
                if !own.isEmpty { found(.unexpected, "question \(ask.tag) was refused, but is there") }
            case .unknown: break
            }
        }
        let asked = Set(chronicle.asks.map(\.tag))
        let answers = Dictionary(grouping: chronicle.ledger.answers, by: \.job)
        let ends = Dictionary(grouping: chronicle.ledger.events.filter(\.word.isTerminal), by: \.job)
        for row in chronicle.ledger.jobs {
            if !asked.contains(row.tag) { found(.unexpected, "job \(row.job): nobody asked '\(row.tag)'") }
            check(row, answers: answers[row.job, default: []], ends: ends[row.job, default: []])
        }
        for job in answers.keys where rows[job] == nil { found(.unexpected, "an answer to job \(job), which is not") }
        for job in ends.keys where rows[job] == nil { found(.unexpected, "an end of job \(job), which is not") }
    }

    private mutating func check(_ row: Chronicle.JobRow, answers: [Chronicle.AnswerRow], ends: [Chronicle.EventRow]) {
        guard let terminal = row.terminal, ["completed", "failed", "cancelled"].contains(row.state) else {
            return found(.lost, "job \(row.job) is still \(row.state)")
        }
        if !row.isPublished { found(.lost, "the end of job \(row.job) was never published") }
        if answers.count > 1 { found(.doubled, "\(answers.count) answers to job \(row.job)") }
        if ends.count > 1 { found(.doubled, "\(ends.count) terminal events of job \(row.job)") }
        for end in ends where end.word != terminal || end.session != row.session {
            found(.contradiction, "job \(row.job) ended as \(terminal), its session holds \(end.word)")
        }
        let isDead: Bool
        switch terminal {
        case .completed(let content):
            isDead = false
            if row.state != "completed" { found(.contradiction, "job \(row.job) is \(row.state) and has an answer") }
            guard let answer = answers.first else {
                return found(.lost, "job \(row.job) is completed without an answer")
            }
            if answer.content != content || answer.conversation != row.conversation {
                found(.contradiction, "the answer of job \(row.job) is not the message")
            }
            if let other = Tag.all(in: content).first(where: { $0 != row.tag }) {
                found(.unexpected, "job \(row.job) of \(row.tag) has the answer to \(other)")
            }
        case .failed(let code):
            isDead = code != "cancelled"
            if row.state != (isDead ? "failed" : "cancelled") {
                found(.contradiction, "job \(row.job) is \(row.state) and ended with \(code)")
            }
            if !answers.isEmpty { found(.unexpected, "job \(row.job) ended with \(code) and has an answer") }
        case .status, .delta:
            found(.contradiction, "job \(row.job) ended with \(terminal)")
            return
        }
        if row.deadLetters != (isDead ? 1 : 0) {
            found(.contradiction, "\(row.deadLetters) dead letters of \(row.job)")
        }
    }

    // MARK: What clients were told

    private mutating func checkClients() {
        let rows = Dictionary(chronicle.ledger.jobs.map { ($0.job, $0) }) { first, _ in first }
        var told: [String: Duration] = [:]
        for (client, readings) in Dictionary(grouping: chronicle.readings, by: \.client) {
            var ended: Set<String> = []
            for event in readings.flatMap(\.events) {
                guard let row = rows[event.job], row.session == readings[0].session else {
                    found(.unexpected, "\(client) was told of job \(event.job), which is not of its session")
                    continue
                }
                if ended.contains(event.job) {
                    found(
                        event.word.isTerminal ? .doubled : .unexpected,
                        "\(client) was told \(event.word) after the end of job \(event.job)")
                }
                guard event.word.isTerminal else { continue }
                ended.insert(event.job)
                told[event.job] = min(told[event.job] ?? event.at, event.at)
                if row.terminal != event.word {
                    found(
                        .contradiction,
                        "\(client) was told \(event.word), job \(event.job) has \(String(describing: row.terminal))")
                }
            }
        }
        for promise in promises {
            guard let at = told[promise.job] else {
                found(.lost, "nobody was told the end of job \(promise.job)")
                continue
            }
            checkTime(promise, until: at, rows[promise.job])
        }
    }

    private mutating func checkTime(_ promise: Chronicle.Promise, until end: Duration, _ row: Chronicle.JobRow?) {
        let time = end - promise.at
        if time > chronicle.deadline + chronicle.allowance { found(.late, "job \(promise.job) ended after \(time)") }
        if row?.terminal == .failed(code: "deadline_exceeded"), time < chronicle.deadline * 0.9 {
            found(.early, "the deadline of job \(promise.job) was over after \(time)")
        }
    }

    /// Within a conversation questions are taken up, and answered, in the order in which they were accepted.
    private mutating func checkOrder() {
        let places = Dictionary(chronicle.ledger.jobs.enumerated().map { ($1.job, $0) }) { first, _ in first }
        for (conversation, answers) in Dictionary(grouping: chronicle.ledger.answers, by: \.conversation) {
            let order = answers.compactMap { places[$0.job] }
            if order != order.sorted() { found(.disorder, "answers of conversation \(conversation)") }
        }
        var begun: [String: Int64] = [:]
        for event in chronicle.ledger.events {
            if case .status("retrieving", _) = event.word {
                begun[event.job] = min(begun[event.job] ?? .max, event.seq)
            }
        }
        for (conversation, jobs) in Dictionary(grouping: chronicle.ledger.jobs, by: \.conversation) {
            for (earlier, later) in zip(jobs, jobs.dropFirst()) where earlier.session == later.session {
                guard let first = begun[earlier.job], let second = begun[later.job], second < first else { continue }
                found(.disorder, "job \(later.job) of \(conversation) began before \(earlier.job)")
            }
        }
    }
}
