import Support

/// Takes jobs of one kind from the queue, a few at a time, until it is told to stop.
struct LeaseLoop: Sendable {
    let queue: any JobQueue
    let kind: JobKind
    let concurrency: Int
    let visibility: Duration
    /// How often the queue is asked although nobody said that a job arrived.
    let poll: Duration
    let log: Log
    private let stopping = Latch()
    private let trouble = Trouble()

    init(
        queue: any JobQueue, kind: JobKind, concurrency: Int, visibility: Duration, poll: Duration, log: Log
    ) {
        self.queue = queue
        self.kind = kind
        self.concurrency = concurrency
        self.visibility = visibility
        self.poll = poll
        self.log = log
    }

    /// Returns when `stop` was called and what was in hand has ended, or the task is cancelled.
    func run(_ body: @escaping @Sendable (Lease) async -> Void) async {
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<concurrency { group.addTask { await work(body) } }
        }
    }

    /// No new lease from now on.
    func stop() { stopping.open() }

    /// Returns when `stop` was called, or the task is cancelled.
    func stopped() async { await stopping.wait() }

    /// One job after another.
    private func work(_ body: @Sendable (Lease) async -> Void) async {
        while !stopping.isOpen && !Task.isCancelled {
            do {
                let lease = try await queue.lease(kind, for: visibility)
                if trouble.ends() { log.info("jobs can be leased again") }
                if let lease {
                    await body(lease)
                    continue
                }
            } catch is CancellationError {
                return
            } catch {
                if trouble.begins(error) { log.error("no job can be leased", ["error": error.label]) }
            }
            await pause()
        }
    }

    /// Until there may be a job, or there shall be no more.
    private func pause() async {
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await queue.waitForWork(kind, within: poll) }
            group.addTask { await stopping.wait() }
            await group.next()
            group.cancelAll()
        }
    }
}
