import Support

/// The moment at which nobody works on an answer any more: streams of events end then, and who follows an open job comes
/// back to the next process.
///
/// A `Service` that does nothing but end: started after the server and before the workers, it ends between them.
package final class Farewell: Service {
    package let name = "farewell"
    private let said = Latch()

    package init() {}

    package func run() async throws { await said.wait() }

    package func shutDown() async { said.open() }

    /// Returns when nobody works any more, or the task is cancelled.
    func wait() async { await said.wait() }
}
