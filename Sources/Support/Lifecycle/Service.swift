/// Something that lives as long as the process: a server, a worker, a sweeper.
package protocol Service: Sendable {
    /// For logs.
    var name: String { get }
    /// Runs until `shutDown` was called and what was in hand is finished, or until the task is cancelled.
    func run() async throws
    /// Take no new work, finish what is in hand; `run` then returns. Called once, from any task.
    func shutDown() async
}
