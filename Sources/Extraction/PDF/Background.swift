import Dispatch
import Support

/// A blocking call on a thread of its own, whose result is waited for: two tools at once, or one ahead of its reader.
///
/// Only for the extractor's process, which has nothing else to do meanwhile.
final class Background<Value: Sendable>: Sendable {
    private let value = Locked<Value?>(nil)
    private let group = DispatchGroup()

    init(_ body: @escaping @Sendable () -> Value) {
        let (value, group) = (value, group)
        DispatchQueue.global().async(group: group) {
            let result = body()
            value.withLock { $0 = result }
        }
    }

    /// Blocks until the call has returned.
    func wait() -> Value? {
        group.wait()
        return value.withLock { $0 }
    }
}
