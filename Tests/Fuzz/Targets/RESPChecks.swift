@testable import Redis

/// Replies of Redis.
enum RESPChecks {
    private struct Reading: Equatable {
        var replies: [RESPValue] = []
        var isBroken = false
        var isAmidReply = false
    }

    private static let limits = {
        var limits = RESPParser.Limits()
        (limits.depth, limits.bulk, limits.elements, limits.line) = (4, 500, 100, 100)
        return limits
    }()

    @Sendable static func check(_ bytes: [UInt8]) -> String? {
        if let complaint = Cuts.differ("replies", bytes, { read($0) }) { return complaint }
        let (found, expected) = (read([bytes[...]]), plainly(bytes))
        return found == expected ? nil : "replies are \(found), read plainly \(expected)"
    }

    private static func read(_ pieces: [ArraySlice<UInt8>]) -> Reading {
        var parser = RESPParser(limits: limits)
        var reading = Reading()
        for piece in pieces where !reading.isBroken {
            do { try parser.feed(piece, into: &reading.replies) } catch { reading.isBroken = true }
        }
        reading.isAmidReply = !reading.isBroken && parser.isAmidReply
        return reading
    }

    private enum Stop: Error { case ended, broken }

    /// One value after the other, over the whole stream at once.
    private static func plainly(_ bytes: [UInt8]) -> Reading {
        var reading = Reading()
        var rest = bytes[...]
        do {
            while !rest.isEmpty {
                var elements = 0
                reading.replies.append(try value(&rest, depth: 0, &elements))
            }
        } catch Stop.ended {
            reading.isAmidReply = true
        } catch {
            reading.isBroken = true
        }
        return reading
    }

    private static func value(_ rest: inout ArraySlice<UInt8>, depth: Int, _ elements: inout Int) throws -> RESPValue {
        guard let kind = rest.popFirst() else { throw Stop.ended }
        switch kind {
        case UInt8(ascii: "+"): return .text(try line(&rest, longest: limits.line))
        case UInt8(ascii: "-"): return .error(try line(&rest, longest: limits.line))
        case UInt8(ascii: ":"): return .integer(Int64(try number(&rest)))
        case UInt8(ascii: "$"):
            let length = try number(&rest)
            if length == -1 { return .null }
            guard (0...limits.bulk).contains(length) else { throw Stop.broken }
            guard rest.count >= length + 2 else { throw Stop.ended }
            let content = Array(rest.prefix(length))
            rest = rest.dropFirst(length)
            guard rest.starts(with: [13, 10]) else { throw Stop.broken }
            rest = rest.dropFirst(2)
            return .bytes(content)
        case UInt8(ascii: "*"):
            let count = try number(&rest)
            if count == -1 { return .null }
            guard count >= 0, count <= limits.elements - elements, depth < limits.depth else { throw Stop.broken }
            elements += count
            var values: [RESPValue] = []
            for _ in 0..<count { values.append(try value(&rest, depth: depth + 1, &elements)) }
            return .array(values)
        default: throw Stop.broken
        }
    }

    private static func number(_ rest: inout ArraySlice<UInt8>) throws -> Int {
        let text = try line(&rest, longest: 20)
        guard let number = Int(text), !text.hasPrefix("+") else { throw Stop.broken }
        return number
    }

    private static func line(_ rest: inout ArraySlice<UInt8>, longest: Int) throws -> String {
        guard let end = rest.firstIndex(where: { $0 == 13 || $0 == 10 }) else {
            throw rest.count > longest ? Stop.broken : Stop.ended
        }
        let text = rest[..<end]
        guard text.count <= longest, rest[end] == 13 else { throw Stop.broken }
        rest = rest[(end + 1)...]
        guard let last = rest.popFirst() else { throw Stop.ended }
        guard last == 10 else { throw Stop.broken }
        return String(decoding: text, as: UTF8.self)
    }
}
