@testable import WebServer

/// The chunked transfer coding.
enum ChunkedChecks {
    private static let bodyLimit = 5_000

    private struct Reading: Equatable {
        var body: [UInt8] = []
        var taken = 0
        var isDone = false
        var status = 0
    }

    @Sendable static func check(_ bytes: [UInt8]) -> String? {
        if let complaint = Cuts.differ("chunked", bytes, read) { return complaint }
        // What is encoded comes back.
        let pieces = Cuts.random(bytes, atMost: 40)
        let encoded = pieces.flatMap { ResponseHead.chunk(Array($0)) } + ResponseHead.lastChunk
        let reading = read([encoded[...]])
        let isAllowed = bytes.count <= bodyLimit
        guard isAllowed == (reading.status == 0) else { return "the bound of a body does not hold: \(reading.status)" }
        guard !isAllowed || reading.isDone && reading.body == bytes && reading.taken == encoded.count else {
            return "what was encoded came back as \(reading)"
        }
        return nil
    }

    private static func read(_ pieces: [ArraySlice<UInt8>]) -> Reading {
        var decoder = ChunkedDecoder(limits: RequestChecks.limits)
        var reading = Reading()
        for piece in pieces where !decoder.isDone {
            do {
                reading.taken += try decoder.decode(piece, bodyLimit: bodyLimit, into: &reading.body)
            } catch {
                return Reading(status: error.status)
            }
        }
        reading.isDone = decoder.isDone
        if reading.body.count > bodyLimit { reading.status = -1 }
        return reading
    }
}
