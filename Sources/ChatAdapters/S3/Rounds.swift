import Support

/// A service's rounds: pauses between them that end at once when it is told to stop.
final class Rounds: Sendable {
    private let stopping = Latch()
    private let time: any TimeSource

    init(_ time: any TimeSource) { self.time = time }

    var goOn: Bool { !stopping.isOpen && !Task.isCancelled }

    func stop() { stopping.open() }

    func pause(_ duration: Duration) async {
        await withTaskGroup(of: Void.self) { group in
            group.addTask { [stopping] in await stopping.wait() }
            group.addTask { [time] in try? await time.sleep(for: duration) }
            await group.next()
            group.cancelAll()
        }
    }
}
