import AWS
import ChatService
import Support

/// Makes changes of the table that are atomic, for any number of processes at once.
struct TableChanges: Sendable {
    let table: any ItemTable
    let parameters: CloudParameters
    let time: any TimeSource

    /// Runs `body`, which reads and notes what is to be written, and stores that; again from the start when somebody else
    /// changed what it had read.
    /// - Returns: also the jobs that stepped into the line by it.
    /// - Throws: what `body` throws, `CloudStoreError.contention` and `AWSError`, nothing being stored then;
    ///   `CloudStoreError.outcomeUnknown` when something may be.
    func run<Value: Sendable>(
        _ body: (CloudTransaction) async throws -> Value
    ) async throws -> (value: Value, sends: [JobMessage]) {
        var doubts = 0
        for attempt in 0..<parameters.tries {
            let transaction = CloudTransaction(table, attempt: attempt, time: time)
            let value = try await body(transaction)
            let writes = transaction.writes
            if writes.isEmpty { return (value, transaction.sends) }
            do {
                try await table.commit(writes, token: transaction.id)
                return (value, transaction.sends)
            } catch CommitFailure.conflict {
                // Also what a repeat is told whose first call was done: its answer was lost.
                if try await wasDone(transaction) { return (value, transaction.sends) }
            } catch CommitFailure.unsure(let error) {
                let isUndone = (error as? AWSError)?.mayHaveHappened == false
                if try await wasDone(transaction, isUndone ? error : CloudStoreError.outcomeUnknown) {
                    return (value, transaction.sends)
                }
                doubts += 1
                if doubts > parameters.doubts { throw isUndone ? error : CloudStoreError.outcomeUnknown }
            }
            try await pause(attempt)
        }
        throw CloudStoreError.contention
    }

    /// - Throws: `unknown` when the table does not say.
    private func wasDone(
        _ transaction: CloudTransaction, _ unknown: any Error = CloudStoreError.outcomeUnknown
    ) async throws -> Bool {
        do { return try await transaction.wasDone() } catch { throw unknown }
    }

    /// Milliseconds that mean nothing to the service: real ones, whatever clock it goes by.
    private func pause(_ attempt: Int) async throws {
        try await Task.sleep(for: parameters.pauses.wait(afterAttempt: attempt + 1))
    }
}
