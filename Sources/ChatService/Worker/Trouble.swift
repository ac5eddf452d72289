import Support

/// What keeps failing in the same way, many times a minute: logged when it begins and when it is over. A log on the disk
/// that is full would else fill the room that somebody makes.
final class Trouble: Sendable {
    private let label = Locked<String?>(nil)

    /// Notes a failure.
    /// - Returns: whether it is another one than the last.
    func begins(_ error: any Error) -> Bool { label.withLock { $0.exchange(error.label) } != error.label }

    /// Notes that it went well.
    /// - Returns: whether it had failed before.
    func ends() -> Bool { label.withLock { $0.take() } != nil }
}

extension String? {
    fileprivate mutating func exchange(_ label: String) -> String? {
        defer { self = label }
        return self
    }
}
