@testable import WebServer

/// A WebSocket peer's frames.
enum FrameChecks {
    private static let messageLimit = 400
    private static let fragmentLimit = 6

    private struct Reading: Equatable {
        var events: [FrameDecoder.Event] = []
        var failure: WebSocketFailure?
    }

    @Sendable static func check(_ bytes: [UInt8]) -> String? {
        if let complaint = Cuts.differ("frames", bytes, read) { return complaint }
        if let complaint = Cuts.differ("protocol", bytes, act) { return complaint }
        for event in read([bytes[...]]).events {
            switch event {
            case .message(.text(let text)) where text.utf8.count > messageLimit: return "a text over the bound"
            case .message(.binary(let data)) where data.count > messageLimit: return "a message over the bound"
            case .ping(let data) where data.count > 125: return "a ping over the bound"
            case .close(let code?) where !WebSocketCloseCode.isValid(code): return "the close code \(code)"
            default: break
            }
        }
        let actions = act([bytes[...]])
        if let end = actions.firstIndex(of: .end), end != actions.count - 1 { return "something follows the end" }

        var validator = UTF8Validator()
        let isText = validator.accept(bytes) && validator.isComplete
        guard isText == (String(validating: bytes, as: UTF8.self) != nil) else { return "UTF-8 is judged otherwise" }
        // What is encoded comes back, in one frame and in fragments.
        guard bytes.count <= messageLimit else { return nil }
        for pieces in [[bytes[...]], Cuts.random(bytes, atMost: 200)] where (1...fragmentLimit).contains(pieces.count) {
            let frames = pieces.indices.flatMap { index in
                masked(pieces[index], opcode: index == 0 ? 2 : 0, isFinal: index == pieces.count - 1)
            }
            let found = read([frames[...]])
            guard found == Reading(events: [.message(.binary(bytes))]) else { return "a message came back as \(found)" }
        }
        return nil
    }

    private static func read(_ pieces: [ArraySlice<UInt8>]) -> Reading {
        var decoder = FrameDecoder(messageLimit: messageLimit, fragmentLimit: fragmentLimit)
        var reading = Reading()
        do throws(WebSocketFailure) {
            for var piece in pieces {
                while let event = try decoder.next(&piece) { reading.events.append(event) }
            }
        } catch { reading.failure = error }
        return reading
    }

    private static func act(_ pieces: [ArraySlice<UInt8>]) -> [WebSocketProtocol.Action] {
        var limits = ServerLimits()
        limits.webSocketMessage = messageLimit
        limits.webSocketFragments = fragmentLimit
        limits.webSocketControlRate = 2
        var rules = WebSocketProtocol(WebSocketRules(limits: limits, timeouts: ServerTimeouts()), at: 0)
        return pieces.flatMap { rules.receive($0, at: 0) }
    }

    /// A frame as a client sends it.
    private static func masked(_ payload: ArraySlice<UInt8>, opcode: UInt8, isFinal: Bool) -> [UInt8] {
        var bytes = WebSocketFrame(.binary, payload).bytes
        let header = bytes.count - payload.count
        bytes[0] = (isFinal ? 0x80 : 0) | opcode
        bytes[1] |= 0x80
        let key: [UInt8] = [0x37, 0xfa, 0x21, 0x3d]
        for index in header..<bytes.count { bytes[index] ^= key[(index - header) & 3] }
        bytes.insert(contentsOf: key, at: header)
        return bytes
    }
}
