import ChatService
import Support
import TestSupport

extension ChatHouse {
    /// Returns when the one worker has given the job back and sleeps over the queue.
    func untilGivenBack(_ accepted: Accepted) async throws {
        try await eventually { try await store.record(job: accepted.jobID)?.status == .retrying }
        await time.untilSleeping(1)
    }

    /// Winds the clock on until the job, given back for a while, is due again; less than a lease, more than a wait.
    func untilDue(_ accepted: Accepted) async throws {
        try await untilGivenBack(accepted)
        time.advance(by: .seconds(17))
    }

    /// Returns when the lease reaches more than 20 s beyond now: it was renewed since the clock was wound.
    func untilRenewed(_ accepted: Accepted) async throws {
        try await eventually {
            try await store.leasedUntil(job: accepted.jobID).map { $0 - time.now > .seconds(20) } ?? true
        }
    }

    /// Takes the lease away from whoever has it, as another process does once it has run out.
    func steal(_ accepted: Accepted) async throws -> Lease {
        try await store.expire(job: accepted.jobID)
        guard let lease = try await store.lease(for: .seconds(30)) else { throw CancellationError() }
        return lease
    }

    func publish(_ accepted: Accepted) async {
        await TerminalPublisher(ledger: store, sessions: store, log: .silent).publish(job: accepted.jobID)
    }
}
