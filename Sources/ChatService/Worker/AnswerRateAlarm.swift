import Support

/// When too few good answers are an alarm. A pure value.
///
/// It asks only how questions fared, not why: so it sounds whatever breaks, also what nobody thought of.
package struct AnswerRateAlarm: Sendable {
    package enum Word: Sendable, Equatable {
        /// At the begin of an episode, and again while it lasts.
        case low
        case recovered
    }

    private struct Episode {
        var toldAt: Duration
        var newest: Timestamp?
    }

    /// Below it the rate is low.
    private let threshold: Double
    /// Fewer questions say nothing.
    private let fewest: Int
    /// Between two words of one episode.
    private let interval: Duration
    private var episode: Episode?

    package init(threshold: Double = 0.5, fewest: Int = 10, interval: Duration = .seconds(15 * 60)) {
        self.threshold = threshold
        self.fewest = fewest
        self.interval = interval
    }

    package var isSounding: Bool { episode != nil }

    /// - Parameters:
    ///   - now: by a clock that never goes back.
    ///   - isRecent: whether the questions are those of the window; where there were too few, older ones stand in, and an
    ///     episode is told again only when another question came.
    /// - Returns: what to tell now; nil for nothing.
    package mutating func judge(_ tally: AnswerTally, isRecent: Bool, at now: Duration) -> Word? {
        // Silence is no recovery: where the tutor answers nothing, students stop asking.
        guard tally.questions >= fewest, let rate = tally.rate else { return nil }
        guard rate < threshold else {
            defer { episode = nil }
            return episode == nil ? nil : .recovered
        }
        if let told = episode {
            guard now - told.toldAt >= interval, isRecent || tally.newest != told.newest else { return nil }
        }
        episode = Episode(toldAt: now, newest: tally.newest)
        return .low
    }
}
