import ChatService
import Support

/// What `gepeto dead-letters` prints.
struct DeadLetterReport {
    let console: Console
    let isJSON: Bool

    private struct ListView: Encodable {
        let deadLetters: [DeadLetterView]
        /// Whether there are more than were asked for.
        let hasMore: Bool
    }

    private struct RedriveView: Encodable {
        struct Done: Encodable {
            let jobId: String
            let redrivenAs: String
        }

        struct Failed: Encodable {
            let jobId: String
            let label: String
            let reason: String
        }

        let redriven: [Done]
        let failed: [Failed]
    }

    func list(_ page: Page<DeadLetter>) throws {
        if isJSON {
            return console.print(
                try JSONText.line(
                    ListView(deadLetters: page.items.map { DeadLetterView($0) }, hasMore: page.next != nil)))
        }
        guard !page.items.isEmpty else { return console.print("There are no dead letters.") }
        var table = Table([
            ("id", .left), ("died", .left), ("course", .left), ("user", .left), ("code", .left), ("cause", .left),
            ("tries", .right), ("redriven as", .left),
        ])
        for letter in page.items {
            table.add([
                letter.id, letter.diedAt.spoken, letter.job.course.name, letter.job.user.name.printable,
                letter.code.rawValue, letter.cause, "\(letter.tries)", letter.redrivenAs ?? "",
            ])
        }
        for line in table.lines { console.print(line) }
        if page.next != nil { console.note("There are more; --limit N shows them.") }
    }

    func show(_ letter: DeadLetter, withText: Bool) throws {
        if isJSON { return console.print(try JSONText.line(DeadLetterView(letter, withText: withText))) }
        let asked = letter.job.task.question
        var lines = [
            ("job", letter.id), ("course", letter.job.course.name), ("user", letter.job.user.name.printable),
            ("conversation", asked?.conversationID ?? ""), ("session", letter.job.sessionID),
            ("trace", letter.job.traceID), ("mode", asked?.mode.rawValue ?? ""),
            ("accepted", letter.job.acceptedAt.spoken), ("died", letter.diedAt.spoken),
            ("code", letter.code.rawValue), ("cause", letter.cause), ("tries", "\(letter.tries)"),
            ("failures", letter.failures.joined(separator: ", ")),
        ]
        if let former = letter.job.redriveOf { lines.append(("redrive of", former)) }
        if let next = letter.redrivenAs { lines.append(("redriven as", next)) }
        if withText {
            for line in (asked?.text ?? "").split(omittingEmptySubsequences: false, whereSeparator: \.isNewline) {
                lines.append(
                    (lines.last?.0 == "question" || lines.last?.0 == "" ? "" : "question", String(line).printable))
            }
        }
        let width = lines.map(\.0.count).max() ?? 0
        for (name, value) in lines {
            console.print(name + String(repeating: " ", count: width - name.count) + "  " + value)
        }
    }

    func redriven(_ outcome: Redrive.Outcome, within deadline: Duration) throws {
        if isJSON {
            console.print(
                try JSONText.line(
                    RedriveView(
                        redriven: outcome.accepted.map { RedriveView.Done(jobId: $0.id, redrivenAs: $0.job.jobID) },
                        failed: outcome.failures.map {
                            RedriveView.Failed(jobId: $0.id, label: $0.error.label, reason: $0.error.sentence)
                        })))
        } else if outcome.accepted.isEmpty && outcome.failures.isEmpty {
            console.print("There is nothing to redrive.")
        } else {
            for (id, job) in outcome.accepted { console.print("\(id) is asked again as job \(job.jobID)") }
            if !outcome.accepted.isEmpty {
                console.note(
                    "A server that runs answers them now; if none does, start 'gepeto serve' within \(deadline.milliseconds / 1000) s."
                )
            }
        }
        for failure in outcome.failures {
            console.note("gepeto dead-letters: \(failure.id.printable): \(failure.error.sentence)")
        }
    }

    func purged(_ count: Int) throws {
        console.print(isJSON ? try JSONText.line(["purged": count]) : "\(count) purged")
    }
}

extension Timestamp {
    /// `2026-11-21 09:05:00Z`
    var spoken: String {
        let day = Int(seconds >= 0 ? seconds / 86_400 : (seconds - 86_399) / 86_400)
        let date = CivilDate.of(daysSince1970: day)
        let second = Int(seconds) - day * 86_400
        func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
        return "\(date.year)-\(two(date.month))-\(two(date.day)) "
            + "\(two(second / 3600)):\(two(second / 60 % 60)):\(two(second % 60))Z"
    }
}
