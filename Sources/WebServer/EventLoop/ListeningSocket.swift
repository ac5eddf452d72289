import CLinux
import Glibc

/// A bound, listening TCP socket; closed when the last event loop lets go of it.
final class ListeningSocket: Sendable {
    let descriptor: Int32
    /// The port it really has, also when any was asked for.
    let port: Int

    /// - Throws: `WebServerError`, with what to do about it.
    init(host: String, port: Int) throws(WebServerError) {
        guard let wirePort = UInt16(exactly: port) else { throw .badPort(port) }
        let addresses = try SocketAddress.resolve(host, port: wirePort)
        var lastError = WebServerError.addressNotAvailable(host)
        for address in addresses {
            let descriptor = gepeto_stream_socket(address.family)
            guard descriptor >= 0 else {
                lastError = WebServerError(errno: errno, host: host, port: port)
                continue
            }
            var yes: Int32 = 1
            // A restart must not wait for the old connections' TIME_WAIT; another listener is still an error.
            setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &yes, socklen_t(MemoryLayout<Int32>.size))
            let result = address.withPointer { bind(descriptor, $0, $1) }
            guard result == 0, listen(descriptor, Self.backlog) == 0, let bound = SocketAddress.bound(to: descriptor)
            else {
                lastError = WebServerError(errno: errno, host: host, port: port)
                Glibc.close(descriptor)
                continue
            }
            self.descriptor = descriptor
            self.port = bound.port
            return
        }
        throw lastError
    }

    deinit { Glibc.close(descriptor) }

    /// The kernel lowers it to `net.core.somaxconn`.
    private static let backlog: Int32 = 4_096
}

/// An IPv4 or IPv6 address and port.
struct SocketAddress {
    private var storage = sockaddr_storage()
    private var length = socklen_t(MemoryLayout<sockaddr_storage>.size)

    var family: Int32 { Int32(storage.ss_family) }

    /// All addresses of a host name, numeric or not; IPv4 first, because `localhost` means 127.0.0.1 to most clients.
    static func resolve(_ host: String, port: UInt16) throws(WebServerError) -> [SocketAddress] {
        var hints = addrinfo()
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        hints.ai_flags = AI_PASSIVE | AI_NUMERICSERV
        var list: UnsafeMutablePointer<addrinfo>?
        guard getaddrinfo(host, "\(port)", &hints, &list) == 0 else { throw .addressNotAvailable(host) }
        defer { freeaddrinfo(list) }
        var addresses: [SocketAddress] = []
        var entry = list
        while let info = entry?.pointee {
            if let address = info.ai_addr, info.ai_addrlen <= MemoryLayout<sockaddr_storage>.size {
                var copy = SocketAddress()
                copy.length = info.ai_addrlen
                withUnsafeMutableBytes(of: &copy.storage) {
                    $0.copyMemory(from: UnsafeRawBufferPointer(start: address, count: Int(info.ai_addrlen)))
                }
                addresses.append(copy)
            }
            entry = info.ai_next
        }
        return addresses.filter { $0.family == AF_INET } + addresses.filter { $0.family != AF_INET }
    }

    /// The address a socket is bound to.
    static func bound(to descriptor: Int32) -> SocketAddress? {
        var address = SocketAddress()
        let result = address.withMutablePointer { getsockname(descriptor, $0, $1) }
        return result == 0 ? address : nil
    }

    var port: Int {
        var copy = storage
        return withUnsafeBytes(of: &copy) { bytes in
            // The port stands behind the family in both forms, big-endian.
            Int(bytes[2]) << 8 | Int(bytes[3])
        }
    }

    /// The numeric address, without the port.
    var text: String {
        var name = [CChar](repeating: 0, count: Int(NI_MAXHOST))
        let result = withPointer { getnameinfo($0, $1, &name, socklen_t(name.count), nil, 0, NI_NUMERICHOST) }
        guard result == 0 else { return "" }
        let text = String(decoding: name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
        // An IPv4 peer of an IPv6 listener is the same peer.
        return text.hasPrefix("::ffff:") ? String(text.dropFirst(7)) : text
    }

    func withPointer<Result>(_ body: (UnsafePointer<sockaddr>, socklen_t) -> Result) -> Result {
        var copy = storage
        return withUnsafeMutablePointer(to: &copy) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { body($0, length) }
        }
    }

    mutating func withMutablePointer<Result>(
        _ body: (UnsafeMutablePointer<sockaddr>, UnsafeMutablePointer<socklen_t>) -> Result
    ) -> Result {
        withUnsafeMutablePointer(to: &length) { length in
            withUnsafeMutablePointer(to: &storage) { pointer in
                pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { body($0, length) }
            }
        }
    }
}
