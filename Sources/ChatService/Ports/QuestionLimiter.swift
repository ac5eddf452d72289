/// How often a user may ask.
package protocol QuestionLimiter: Sendable {
    /// How the user stands, without taking anything.
    func look(_ user: UserID) async -> RateVerdict

    /// One more question. Where what counts them cannot be reached, it is counted some other way: never refused for that.
    func take(_ user: UserID) async -> RateVerdict
}

/// What the answer's headers say.
package struct RateVerdict: Sendable, Equatable {
    /// Questions a minute, on the long run.
    package let limit: Int
    /// Questions left at once.
    package let remaining: Int
    /// How long until the next question is allowed; nil when this one is.
    package let wait: Duration?

    package init(limit: Int, remaining: Int, wait: Duration?) {
        self.limit = limit
        self.remaining = remaining
        self.wait = wait
    }
}
