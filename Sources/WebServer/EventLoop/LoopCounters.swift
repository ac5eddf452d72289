import Synchronization

/// What one loop has done so far, counted by its thread and read by any.
final class LoopCounters: Sendable {
    private let accepted = Atomic<Int>(0)
    private let refused = Atomic<Int>(0)
    private let open = Atomic<Int>(0)
    private let webSockets = Atomic<Int>(0)
    private let informational = Atomic<Int>(0)
    private let successful = Atomic<Int>(0)
    private let redirected = Atomic<Int>(0)
    private let clientErrors = Atomic<Int>(0)
    private let serverErrors = Atomic<Int>(0)
    private let slowReaders = Atomic<Int>(0)

    func connectionAccepted() {
        accepted.add(1, ordering: .relaxed)
        open.add(1, ordering: .relaxed)
    }
    func connectionRefused() { refused.add(1, ordering: .relaxed) }
    func connectionClosed() { open.subtract(1, ordering: .relaxed) }
    func webSocketOpened() { webSockets.add(1, ordering: .relaxed) }
    func webSocketClosed() { webSockets.subtract(1, ordering: .relaxed) }
    func slowReaderDropped() { slowReaders.add(1, ordering: .relaxed) }

    func answered(_ status: Int) {
        switch status {
        case ..<200: informational.add(1, ordering: .relaxed)
        case ..<300: successful.add(1, ordering: .relaxed)
        case ..<400: redirected.add(1, ordering: .relaxed)
        case ..<500: clientErrors.add(1, ordering: .relaxed)
        default: serverErrors.add(1, ordering: .relaxed)
        }
    }

    func add(to figures: inout ServerFigures) {
        figures.connectionsAccepted += accepted.load(ordering: .relaxed)
        figures.connectionsRefused += refused.load(ordering: .relaxed)
        figures.connectionsOpen += open.load(ordering: .relaxed)
        figures.webSocketsOpen += webSockets.load(ordering: .relaxed)
        figures.slowReadersDropped += slowReaders.load(ordering: .relaxed)
        figures.answers[0] += informational.load(ordering: .relaxed)
        figures.answers[1] += successful.load(ordering: .relaxed)
        figures.answers[2] += redirected.load(ordering: .relaxed)
        figures.answers[3] += clientErrors.load(ordering: .relaxed)
        figures.answers[4] += serverErrors.load(ordering: .relaxed)
    }
}

/// What a server has done since it started, for metrics.
package struct ServerFigures: Sendable, Equatable {
    package internal(set) var connectionsAccepted = 0
    /// One too many, answered 503 and closed.
    package internal(set) var connectionsRefused = 0
    package internal(set) var connectionsOpen = 0
    package internal(set) var webSocketsOpen = 0
    /// WebSockets closed with 1013.
    package internal(set) var slowReadersDropped = 0
    /// Answers by the first digit of their status: 1xx (upgrades) to 5xx.
    package internal(set) var answers = [0, 0, 0, 0, 0]

    /// Answers of all kinds.
    package var requests: Int { answers.reduce(0, +) }
}
