import Support

/// What courses have cost of late, without adding up a month of questions for each one that is asked.
///
/// What a question costs is settled when it ends, minutes after it was asked at most, so the sums of what is older than
/// `open` change no more: they are remembered for `lifetime`, and only what is younger is added up each time. What leaves
/// the day or the month meanwhile still counts until then.
final class CourseCosts: Sendable {
    static let lifetime = Duration.seconds(60)
    static let open = Duration.seconds(3600)
    /// Courses whose sums are remembered at once.
    private static let most = 1_000

    /// US dollars in the last 24 hours and 30 days.
    struct Spans: Sendable, Equatable {
        var day: Double
        var month: Double
    }

    private struct Closed {
        let costs: Spans
        /// Where it ends.
        let end: Timestamp
        let madeAt: Timestamp
    }

    private let usage: any UsageRecord
    private let known = Locked<[CourseID: Closed]>([:])

    init(_ usage: any UsageRecord) { self.usage = usage }

    func costs(of course: CourseID, at now: Timestamp) async throws -> Spans {
        if let closed = known.withLock({ $0[course] }), closed.madeAt <= now, now - closed.madeAt < Self.lifetime {
            let young = try await usage.cost(of: course, since: closed.end)
            return Spans(day: closed.costs.day + young, month: closed.costs.month + young)
        }
        let end = now + (.zero - Self.open)
        // The young ones first: what is settled in between then counts twice for a while, not never.
        let young = try await usage.cost(of: course, since: end)
        let all = Spans(
            day: try await usage.cost(of: course, since: now + (.zero - CoursePolicy.day)),
            month: try await usage.cost(of: course, since: now + (.zero - CoursePolicy.month)))
        let closed = Closed(
            costs: Spans(day: max(0, all.day - young), month: max(0, all.month - young)), end: end, madeAt: now)
        known.withLock { known in
            if known.count >= Self.most, known[course] == nil { known = [:] }
            known[course] = closed
        }
        return all
    }
}
