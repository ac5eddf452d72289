import Support

/// Watches whether accepted questions get good answers, and raises the alarm when too few do.
///
/// A tutor may be out for days while every other alarm is silent: each request is accepted, nothing errs, the model
/// answers something. This one looks at the outcome only, in the store's own records, which a restart does not forget.
package final class AnswerRateWatch: Service {
    package struct Parameters: Sendable {
        package var window = Duration.seconds(900)
        /// An open question that is younger says nothing yet.
        package var patience = Duration.seconds(60)
        /// Below it the rate is low.
        package var threshold = 0.5
        /// Fewer questions say nothing; where the window has fewer, the last ones of `longWindow` stand in: a course with
        /// two questions an hour is watched too.
        package var fewest = 10
        package var longWindow = Duration.seconds(24 * 3600)
        /// Between two words of one episode.
        package var repetition = Duration.seconds(15 * 60)
        /// Questions looked at, at most: the newest.
        package var most = 1_000

        package init() {}

        /// How often the watch looks.
        var interval: Duration { max(.milliseconds(100), min(.seconds(15), window / 10)) }
    }

    /// What the watch saw last.
    package struct Sight: Sendable, Equatable {
        package var tally = AnswerTally()
        package var isLow = false
    }

    package let name = "answer rate watch"
    private let record: any AnswerRecord
    private let parameters: Parameters
    private let time: any TimeSource
    private let log: Log
    private let alarm: Locked<AnswerRateAlarm>
    private let last = Locked(Sight())
    private let stopping = Latch()

    package init(
        record: any AnswerRecord, parameters: Parameters = Parameters(), time: any TimeSource = SystemTime(), log: Log
    ) {
        self.record = record
        self.parameters = parameters
        self.time = time
        self.log = log
        alarm = Locked(
            AnswerRateAlarm(
                threshold: parameters.threshold, fewest: parameters.fewest, interval: parameters.repetition))
    }

    package var sight: Sight { last.withLock { $0 } }

    package func run() async throws {
        while !stopping.isOpen && !Task.isCancelled {
            await look()
            await pause()
        }
    }

    package func shutDown() async { stopping.open() }

    /// One look; what fails is tried again with the next.
    package func look() async {
        do {
            var tally = try await tally(parameters.window, parameters.most)
            let isRecent = tally.questions >= parameters.fewest
            if !isRecent { tally = try await self.tally(parameters.longWindow, parameters.fewest) }
            let (word, isLow) = alarm.withLock { alarm in
                (alarm.judge(tally, isRecent: isRecent, at: time.elapsed), alarm.isSounding)
            }
            last.withLock { $0 = Sight(tally: tally, isLow: isLow) }
            switch word {
            case .low?: log.error("answer rate low", Self.metadata(tally))
            case .recovered?: log.info("answer rate recovered", Self.metadata(tally))
            case nil: break
            }
        } catch is CancellationError {
            return
        } catch {
            log.error("answer rate not known", ["error": error.label])
        }
    }

    private func tally(_ window: Duration, _ limit: Int) async throws -> AnswerTally {
        try await record.answers(within: window, patience: parameters.patience, limit: limit)
    }

    private static func metadata(_ tally: AnswerTally) -> [String: String] {
        [
            "questions": "\(tally.questions)", "good": "\(tally.good)", "ungrounded": "\(tally.ungrounded)",
            "degraded": "\(tally.degraded)", "failed": "\(tally.failed)", "unanswered": "\(tally.unanswered)",
        ]
    }

    private func pause() async {
        await withTaskGroup(of: Void.self) { group in
            // Cancelled when the watch stops; nothing to do then.
            group.addTask { try? await self.time.sleep(for: self.parameters.interval) }
            group.addTask { await self.stopping.wait() }
            await group.next()
            group.cancelAll()
        }
    }
}

extension AnswerRateWatch {
    package var families: [MetricFamily] {
        let sight = sight
        return [
            .gauge(
                "gepeto_answer_rate", "Share of the last questions with a good answer; absent without questions.",
                sight.tally.rate),
            .gauge(
                "gepeto_answer_rate_questions", "Questions that the answer rate is made of.",
                Double(sight.tally.questions)),
            .gauge(
                "gepeto_answer_rate_alarm", "1 while the answer rate is too low, else 0.", sight.isLow ? 1 : 0),
        ]
    }
}
