/// A connection as other threads know it. The descriptor alone would not do: the system gives it to the next connection
/// as soon as this one is closed.
struct ConnectionID: Sendable, Hashable {
    let descriptor: Int32
    /// Never 0 for a connection.
    let generation: UInt32

    /// The form in which epoll gives it back.
    var token: UInt64 { UInt64(generation) << 32 | UInt64(UInt32(bitPattern: descriptor)) }

    init(descriptor: Int32, generation: UInt32) {
        self.descriptor = descriptor
        self.generation = generation
    }

    init(token: UInt64) {
        descriptor = Int32(bitPattern: UInt32(truncatingIfNeeded: token))
        generation = UInt32(truncatingIfNeeded: token >> 32)
    }
}
