import Support

/// A queue that counts what workers take from it and give back.
package struct MeasuredQueue: JobQueue {
    private let queue: any JobQueue
    private let metrics: ChatMetrics
    private let time: any TimeSource

    package init(_ queue: any JobQueue, _ metrics: ChatMetrics, time: any TimeSource = SystemTime()) {
        self.queue = queue
        self.metrics = metrics
        self.time = time
    }

    package func lease(_ kind: JobKind, for visibility: Duration) async throws -> Lease? {
        let lease = try await queue.lease(kind, for: visibility)
        if let lease { metrics.leased(lease, at: time.steady) }
        return lease
    }

    package func renew(_ lease: Lease, for visibility: Duration) async throws -> Bool {
        try await queue.renew(lease, for: visibility)
    }

    @discardableResult
    package func retry(_ lease: Lease, after delay: Duration, because label: String) async throws -> Bool {
        let isBack = try await queue.retry(lease, after: delay, because: label)
        if isBack { metrics.retried(lease, because: label) }
        return isBack
    }

    @discardableResult
    package func release(_ lease: Lease) async throws -> Bool {
        let isBack = try await queue.release(lease)
        if isBack { metrics.handedBack(lease) }
        return isBack
    }

    package func waitForWork(_ kind: JobKind, within patience: Duration) async {
        await queue.waitForWork(kind, within: patience)
    }

    package func depth() async throws -> Int { try await queue.depth() }
}
