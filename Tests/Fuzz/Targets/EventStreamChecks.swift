@testable import HTTPClient

/// Streams of server-sent events.
enum EventStreamChecks {
    private static let limit = 300

    private struct Reading: Equatable {
        var events: [EventStreamDecoder.Event] = []
        var retry: Int?
        var isTooLong = false
    }

    @Sendable static func check(_ bytes: [UInt8]) -> String? {
        if let complaint = Cuts.differ("events", bytes, { read($0, limit: limit) }) { return complaint }
        if read([bytes[...]], limit: limit).events.contains(where: { $0.data.unicodeScalars.count > limit }) {
            return "an event over the bound"
        }
        let found = read([bytes[...]], limit: .max)
        let expected = plainly(bytes)
        return found.events == expected ? nil : "events are \(found.events), read plainly \(expected)"
    }

    /// Of a stream that cannot be read on only that counts: a piece's events are lost with its error.
    private static func read(_ pieces: [ArraySlice<UInt8>], limit: Int) -> Reading {
        var decoder = EventStreamDecoder(limit: limit)
        var reading = Reading()
        for piece in pieces {
            do {
                reading.events += try decoder.feed(piece)
            } catch {
                return Reading(isTooLong: true)
            }
        }
        reading.retry = decoder.retryMilliseconds
        return reading
    }

    /// The standard's own words, section 9.2.6, over the whole stream at once.
    private static func plainly(_ bytes: [UInt8]) -> [EventStreamDecoder.Event] {
        var rest = bytes[...]
        if rest.starts(with: [0xEF, 0xBB, 0xBF]) { rest = rest.dropFirst(3) }
        var events: [EventStreamDecoder.Event] = []
        var (type, data, id) = ("", nil as [UInt8]?, "")
        while let end = rest.firstIndex(where: { $0 == 10 || $0 == 13 }) {
            let line = rest[..<end]
            let isPair = rest[end] == 13 && rest.dropFirst(end - rest.startIndex + 1).first == 10
            rest = rest[(end + (isPair ? 2 : 1))...]
            guard !line.isEmpty else {
                if let data {
                    events.append(
                        EventStreamDecoder.Event(
                            type: type.isEmpty ? "message" : type, data: String(decoding: data, as: UTF8.self),
                            lastEventID: id))
                }
                (type, data) = ("", nil)
                continue
            }
            let parts = line.split(separator: 0x3A, maxSplits: 1, omittingEmptySubsequences: false)
            var value = parts.count > 1 ? parts[1] : []
            if value.first == 0x20 { value = value.dropFirst() }
            switch Array(parts[0]) {
            case Array("data".utf8): data = (data.map { $0 + [10] } ?? []) + value
            case Array("event".utf8): type = String(decoding: value, as: UTF8.self)
            case Array("id".utf8) where !value.contains(0): id = String(decoding: value, as: UTF8.self)
            default: break
            }
        }
        return events
    }
}
