import Glibc

/// The pipes of a child, closed in every case.
struct ChildPipes: ~Copyable {
    struct Ends {
        var read: Int32 = -1
        var write: Int32 = -1
    }

    private(set) var output = Ends()
    private(set) var errors = Ends()
    /// Only for a child that sends messages.
    private(set) var messages = Ends()

    mutating func open(withMessages: Bool) throws(ChildProcess.CannotStart) {
        guard Self.open(&output), Self.open(&errors), !withMessages || Self.open(&messages) else {
            throw ChildProcess.CannotStart(code: errno)
        }
    }

    private static func open(_ ends: inout Ends) -> Bool {
        var pair: [Int32] = [-1, -1]
        guard pipe(&pair) == 0 else { return false }
        for descriptor in pair { _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC) }
        ends = Ends(read: pair[0], write: pair[1])
        return true
    }

    mutating func closeWriteEnds() {
        Self.close(&output.write)
        Self.close(&errors.write)
        Self.close(&messages.write)
    }

    mutating func close() {
        closeWriteEnds()
        Self.close(&output.read)
        Self.close(&errors.read)
        Self.close(&messages.read)
    }

    private static func close(_ descriptor: inout Int32) {
        if descriptor >= 0 { Glibc.close(descriptor) }
        descriptor = -1
    }
}

/// Bytes up to a bound; what is beyond is dropped and remembered.
struct BoundedBuffer {
    let limit: Int
    private(set) var bytes: [UInt8] = []
    private(set) var isOverfull = false

    init(limit: Int) { self.limit = limit }

    mutating func append(_ more: UnsafeRawBufferPointer) {
        let room = limit - bytes.count
        if more.count > room { isOverfull = true }
        bytes.append(contentsOf: more.prefix(max(room, 0)))
    }
}
