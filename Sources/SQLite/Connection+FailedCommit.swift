extension Connection {
    /// Makes sure that a commit that failed stays so.
    ///
    /// SQLite writes a transaction to the log before it enters it in the log's index. When there is no room for another
    /// page of the index, on a disk that is full just then, the whole transaction stands in the log although its callers
    /// are told that it failed; and whoever reads the log after a kill takes it for good. A write that changes nothing
    /// begins at the same place, so the log ends there, whether that write succeeds or fails in the same way.
    func coverFailedCommit() {
        // What cannot be written either leaves things as they are: there is nothing else to be tried.
        guard let number = try? row("PRAGMA application_id", [], { $0.int64(0) }) else { return }
        try? execute("BEGIN IMMEDIATE; PRAGMA application_id = \(number); COMMIT")
        rollBack()
    }
}
