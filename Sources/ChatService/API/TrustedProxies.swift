import Glibc
import Support

/// The proxies before this server whose `X-Forwarded-For` is believed.
package struct TrustedProxies: Sendable, Equatable {
    /// A network in the notation of RFC 4632, section 3.1: an address and how many of its bits count.
    private struct Network: Equatable {
        let address: [UInt8]
        let bits: Int

        func contains(_ other: [UInt8]) -> Bool {
            guard other.count == address.count else { return false }
            return address.indices.allSatisfy { index in
                let mask = UInt8(truncatingIfNeeded: 0xff00 >> min(max(bits - 8 * index, 0), 8))
                return address[index] & mask == other[index] & mask
            }
        }
    }

    /// Addresses of the header that are looked at: more proxies than that stand before nobody.
    private static let mostHops = 16

    private let networks: [Network]

    /// None: the peer is the client.
    package init() { networks = [] }

    /// - Parameter list: addresses and networks, separated by commas: `127.0.0.1,10.0.0.0/8,fd00::/8`.
    /// - Throws: `BadProxies` for what is neither.
    package init(_ list: String) throws {
        networks = try list.split(separator: ",").map { part in
            let text = String(part).trimmed
            let parts = text.split(separator: "/", omittingEmptySubsequences: false)
            guard let address = Self.bytes(String(parts[0])), parts.count <= 2 else { throw BadProxies(part: text) }
            guard let bits = parts.count == 1 ? address.count * 8 : Int(parts[1]),
                (0...address.count * 8).contains(bits)
            else { throw BadProxies(part: text) }
            return Network(address: address, bits: bits)
        }
    }

    /// The first address from the right that is not one of the proxies': what stands left of it, anybody may have written.
    /// - Parameter forwarded: the addresses of all lines `X-Forwarded-For`, in order.
    func client(peer: String, forwarded: @autoclosure () -> [String]) -> String {
        guard !networks.isEmpty, isTrusted(peer) else { return peer }
        var client = peer
        for address in forwarded().suffix(Self.mostHops).reversed() {
            guard Self.bytes(address) != nil else { return client }
            client = address
            guard isTrusted(address) else { return client }
        }
        return client
    }

    private func isTrusted(_ address: String) -> Bool {
        Self.bytes(address).map { bytes in networks.contains { $0.contains(bytes) } } ?? false
    }

    /// The bytes of a numeric address; an IPv4 address within an IPv6 one is the former (RFC 4291, section 2.5.5.2).
    private static func bytes(_ address: String) -> [UInt8]? {
        var four = [UInt8](repeating: 0, count: 4)
        if inet_pton(AF_INET, address, &four) == 1 { return four }
        var six = [UInt8](repeating: 0, count: 16)
        guard inet_pton(AF_INET6, address, &six) == 1 else { return nil }
        let isMapped = six[..<10].allSatisfy { $0 == 0 } && six[10] == 0xff && six[11] == 0xff
        return isMapped ? Array(six[12...]) : six
    }
}

package struct BadProxies: ExplainedError {
    let part: String
    package let label = "bad_proxies"
    package var description: String {
        "GEPETO_TRUSTED_PROXIES takes addresses and networks separated by commas, as 127.0.0.1,10.0.0.0/8, not '\(part)'."
    }
}
