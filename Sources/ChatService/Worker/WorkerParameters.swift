import Support

/// How a worker works (contract, section 5).
package struct WorkerParameters: Sendable {
    /// Jobs in hand at once.
    package var concurrency = 4
    /// How long a lease lasts; renewed when a third of it has passed.
    package var visibility = Duration.seconds(30)
    /// How often the queue is asked although nobody said that a job arrived.
    package var poll = Duration.milliseconds(500)
    /// The longest that a piece of text waits for others before it is sent.
    package var coalescing = Duration.milliseconds(50)
    package var backoff = Backoff.jobs
    /// After that many tries a job is dead; the queue's own limit is the same.
    package var tries = JobLimits().tries
    /// Messages of the conversation that the answerer sees.
    package var historyTurns = 12

    package init() {}
}
