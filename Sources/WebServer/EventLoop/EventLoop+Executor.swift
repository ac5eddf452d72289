import Dispatch

/// Handlers of routes that never block run on the loop's own thread: no other thread has to be woken for them.
extension EventLoop: TaskExecutor {
    func enqueue(_ job: consuming ExecutorJob) { post(.job(UnownedJob(job))) }
}

/// Where a handler comes to its end whose loop has ended: its connection is gone, but what it holds must be let go.
final class LateJobs: TaskExecutor {
    private static let shared = LateJobs()

    static func run(_ job: UnownedJob) { shared.enqueue(job) }

    func enqueue(_ job: consuming ExecutorJob) { enqueue(UnownedJob(job)) }

    func enqueue(_ job: UnownedJob) {
        DispatchQueue.global().async { job.runSynchronously(on: self.asUnownedTaskExecutor()) }
    }
}
