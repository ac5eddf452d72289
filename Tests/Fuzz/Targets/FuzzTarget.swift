/// Something that reads bytes from strangers, and what must hold for it whatever the bytes.
package struct FuzzTarget: Sendable {
    package let name: String
    /// What does not hold for these bytes; nil when all does.
    package let check: @Sendable ([UInt8]) -> String?

    package static let all = [
        FuzzTarget(name: "request", check: RequestChecks.check),
        FuzzTarget(name: "chunked", check: ChunkedChecks.check),
        FuzzTarget(name: "multipart", check: MultipartChecks.check),
        FuzzTarget(name: "frames", check: FrameChecks.check),
        FuzzTarget(name: "events", check: EventStreamChecks.check),
        FuzzTarget(name: "json", check: JSONChecks.check),
        FuzzTarget(name: "fields", check: FieldChecks.check),
        FuzzTarget(name: "resp", check: RESPChecks.check),
    ]
}

/// The ways in which bytes may arrive: whole, one at a time, in pieces of many sizes. Always the same for the same bytes.
enum Cuts {
    static func all(_ bytes: [UInt8]) -> [[ArraySlice<UInt8>]] {
        let pieces = [[bytes[...]], random(bytes, atMost: 7), random(bytes, atMost: 200)]
        // Long ones byte for byte would take all the time there is.
        return bytes.count > 1_000 ? pieces : pieces + [bytes.indices.map { bytes[$0...$0] }]
    }

    static func random(_ bytes: [UInt8], atMost longest: Int) -> [ArraySlice<UInt8>] {
        // FNV-1a (RFC 9923): every change of the bytes changes the cuts.
        var state = bytes.reduce(0xcbf2_9ce4_8422_2325 as UInt64) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
        var pieces: [ArraySlice<UInt8>] = []
        var start = 0
        while start < bytes.count {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            let end = min(bytes.count, start + 1 + Int(state >> 33) % longest)
            pieces.append(bytes[start..<end])
            start = end
        }
        return pieces
    }

    /// Whether `read` makes the same of `bytes` however they are cut; else a sentence.
    static func differ<Reading: Equatable>(
        _ what: String, _ bytes: [UInt8], _ read: ([ArraySlice<UInt8>]) -> Reading
    ) -> String? {
        let readings = all(bytes).map(read)
        guard let other = readings.first(where: { $0 != readings[0] }) else { return nil }
        return "\(what): whole it is \(readings[0]), cut it is \(other)"
    }
}
