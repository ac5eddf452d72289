@testable import WebServer

/// Heads, bodies and pipelines of requests.
enum RequestChecks {
    /// Small bounds, so that a few thousand bytes reach them.
    static var limits: ServerLimits {
        var limits = ServerLimits()
        limits.head = 600
        limits.target = 100
        limits.fields = 8
        limits.chunkExtensions = 40
        limits.trailers = 60
        return limits
    }
    static let bodyLimit = 50

    struct Reading: Equatable {
        var events: [RequestReader.Event] = []
        var status = 0
    }

    @Sendable static func check(_ bytes: [UInt8]) -> String? {
        if let complaint = Cuts.differ("request", bytes, read) { return complaint }
        for case .head(let head) in read([bytes[...]]).events {
            if let complaint = check(head) { return complaint }
        }
        return nil
    }

    /// Body pieces are joined; of a body that ends in an error only the error counts.
    static func read(_ pieces: [ArraySlice<UInt8>]) -> Reading {
        var reader = RequestReader(limits: limits)
        var input = InputBuffer()
        var reading = Reading()
        for piece in pieces {
            piece.withUnsafeBytes { input.append($0) }
            do {
                while let event = try reader.next(&input) {
                    if case .head = event { reader.bodyLimit = bodyLimit }
                    if case .body(let more) = event, case .body(let before)? = reading.events.last {
                        reading.events[reading.events.count - 1] = .body(before + more)
                    } else {
                        reading.events.append(event)
                    }
                }
            } catch {
                if case .body? = reading.events.last { reading.events.removeLast() }
                reading.status = error.status
                return reading
            }
        }
        for case .body(let body) in reading.events where body.count > bodyLimit { reading.status = -1 }
        return reading
    }

    /// The bounds hold, and a head that is written out again is read as the same.
    private static func check(_ head: RequestHead) -> String? {
        guard head.fields.count <= limits.fields, head.target.utf8.count <= limits.target else {
            return "a bound does not hold: \(head)"
        }
        if let target = try? RequestTarget(head.target) {
            let strings = target.segments + target.query.flatMap { [$0.name, $0.value] }
            if strings.contains(where: { $0.utf8.contains(0) }) { return "a zero byte in \(head.target)" }
            let again = "/" + target.segments.map(escaped).joined(separator: "/")
            if head.target != "*", (try? RequestTarget(again).segments) != target.segments {
                return "\(head.target) has other segments than \(again)"
            }
        }
        guard let method = head.method else { return nil }
        var text = "\(method.rawValue) \(head.target) HTTP/1.\(head.isHTTP10 ? 0 : 1)\r\n"
        for field in head.fields { text += "\(field.name): \(field.value)\r\n" }
        let bytes = Array((text + "\r\n").utf8)
        // Bytes that are no UTF-8 have become three each.
        guard bytes.count <= limits.head else { return nil }
        var parser = RequestHeadParser(limits: limits)
        let again = try? parser.parse(bytes[...])
        return again?.head == head && again?.count == bytes.count
            ? nil : "\(head) is read again as \(String(describing: again))"
    }

    private static func escaped(_ segment: String) -> String {
        segment.utf8.map { byte in
            let digits = String(byte, radix: 16)
            return "%" + (digits.count == 1 ? "0" : "") + digits
        }.joined()
    }
}
