import Glibc

/// Which addresses a call may be made to.
package enum AddressReach: Sendable {
    case anywhere
    /// Addresses of the public internet: for URLs that somebody else has chosen, who must not reach this machine or its
    /// network through the program.
    case publicOnly

    /// Whether an address is one of the public internet (IANA's registries of special-purpose addresses, RFC 6890).
    static func isPublic(_ address: UnsafePointer<sockaddr>) -> Bool {
        switch Int32(address.pointee.sa_family) {
        case AF_INET:
            address.withMemoryRebound(to: sockaddr_in.self, capacity: 1) { address in
                withUnsafeBytes(of: address.pointee.sin_addr) { isPublic(v4: Array($0)) }
            }
        case AF_INET6:
            address.withMemoryRebound(to: sockaddr_in6.self, capacity: 1) { address in
                withUnsafeBytes(of: address.pointee.sin6_addr) { isPublic(v6: Array($0)) }
            }
        default: false
        }
    }

    /// - Parameter bytes: four, in the order of the network.
    static func isPublic(v4 bytes: [UInt8]) -> Bool {
        let number = bytes.reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
        return !special.contains { number >> (32 - $0.bits) == $0.prefix >> (32 - $0.bits) }
    }

    /// - Parameter bytes: sixteen, in the order of the network.
    static func isPublic(v6 bytes: [UInt8]) -> Bool {
        // What stands for an IPv4 address is judged by that: mapped ones, and those of NAT64 (RFC 6052).
        if bytes.starts(with: [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff])
            || bytes.starts(with: [0, 0x64, 0xff, 0x9b, 0, 0, 0, 0, 0, 0, 0, 0])
        {
            return isPublic(v4: Array(bytes.suffix(4)))
        }
        // 2000::/3 is all there is of the public internet.
        guard bytes[0] & 0xe0 == 0x20 else { return false }
        // 2001::/23 (protocols, tunnels among them), 2001:db8::/32 and 3fff::/20 (examples), 2002::/16 (tunnels).
        if bytes[0] == 0x20, bytes[1] == 0x01, bytes[2] & 0xfe == 0 || bytes[2...3] == [0x0d, 0xb8] { return false }
        if bytes[0] == 0x3f, bytes[1] == 0xff, bytes[2] & 0xf0 == 0 { return false }
        return !bytes.starts(with: [0x20, 0x02])
    }

    private static let special: [(prefix: UInt32, bits: UInt32)] = [
        (0, 8),  // this network
        (10 << 24, 8), (172 << 24 | 16 << 16, 12), (192 << 24 | 168 << 16, 16),  // private
        (100 << 24 | 64 << 16, 10),  // shared by a provider's customers
        (127 << 24, 8),  // this machine
        (169 << 24 | 254 << 16, 16),  // link-local, clouds' metadata among them
        (192 << 24, 24),  // protocols
        (192 << 24 | 2 << 8, 24), (198 << 24 | 51 << 16 | 100 << 8, 24), (203 << 24 | 113 << 8, 24),  // examples
        (192 << 24 | 88 << 16 | 99 << 8, 24),  // tunnels
        (198 << 24 | 18 << 16, 15),  // measurements
        (224 << 24, 3),  // groups, and what is reserved
    ]
}
