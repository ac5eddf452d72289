/// Why a WebSocket connection is failed (RFC 6455, section 7.1.7).
struct WebSocketFailure: Error, Equatable {
    let code: UInt16
    let reason: String

    static func violation(_ reason: String) -> WebSocketFailure {
        WebSocketFailure(code: WebSocketCloseCode.protocolError, reason: reason)
    }
    static let invalidText = WebSocketFailure(code: WebSocketCloseCode.invalidPayload, reason: "text is not UTF-8")
    static let tooBig = WebSocketFailure(code: WebSocketCloseCode.messageTooBig, reason: "message too big")
}

/// Decodes a client's frames and joins fragments to messages (RFC 6455, section 5). A pure value.
struct FrameDecoder: Sendable {
    enum Event: Sendable, Equatable {
        case message(WebSocketMessage)
        case ping([UInt8])
        case pong
        /// The code is nil when the peer gave none.
        case close(UInt16?)
    }

    private enum State {
        case opcode, length, payload
        case extendedLength(left: Int)
        case maskingKey(left: Int)
    }

    private let messageLimit: Int
    private let fragmentLimit: Int
    private var state = State.opcode
    private var isFinal = false
    private var opcode = WebSocketFrame.Opcode.continuation
    private var lengthBytes = 0
    private var remaining: UInt64 = 0
    private var key: UInt32 = 0
    private var keyOffset = 0
    private var control: [UInt8] = []
    /// Text or binary while a message is under way.
    private var messageOpcode: WebSocketFrame.Opcode?
    private var message: [UInt8] = []
    private var fragments = 0
    private var text = UTF8Validator()

    /// - Parameters:
    ///   - messageLimit: bytes of a message (1009).
    ///   - fragmentLimit: frames of a message (1008).
    init(messageLimit: Int, fragmentLimit: Int) {
        self.messageLimit = messageLimit
        self.fragmentLimit = fragmentLimit
    }

    /// Whether nothing of a frame or a message is under way: a fresh decoder would do as well.
    var isIdle: Bool {
        if case .opcode = state { return messageOpcode == nil }
        return false
    }

    /// Takes bytes off the front of `bytes` up to the next event; nil when more are needed.
    mutating func next(_ bytes: inout ArraySlice<UInt8>) throws(WebSocketFailure) -> Event? {
        while true {
            if case .payload = state {
                try takePayload(&bytes)
                guard remaining == 0 else { return nil }
                state = .opcode
                if let event = try endFrame() { return event }
            }
            guard let byte = bytes.popFirst() else { return nil }
            try takeHeader(byte)
        }
    }

    private mutating func takeHeader(_ byte: UInt8) throws(WebSocketFailure) {
        switch state {
        case .opcode: try takeOpcode(byte)
        case .length: try takeLength(byte)
        case .extendedLength(let left):
            remaining = remaining << 8 | UInt64(byte)
            guard left == 1 else {
                state = .extendedLength(left: left - 1)
                return
            }
            // Section 5.2: the shortest form must be used, and the top bit of the longest is 0.
            guard remaining >= (lengthBytes == 2 ? 126 : 65_536), remaining >> 63 == 0 else {
                throw .violation("length not in its shortest form")
            }
            try beginMask()
        case .maskingKey(let left):
            key = key << 8 | UInt32(byte)
            state = left == 1 ? .payload : .maskingKey(left: left - 1)
        case .payload: break
        }
    }

    private mutating func takeOpcode(_ byte: UInt8) throws(WebSocketFailure) {
        guard byte & 0x70 == 0 else { throw .violation("reserved bit set") }
        guard let opcode = WebSocketFrame.Opcode(rawValue: byte & 0x0F) else { throw .violation("unknown opcode") }
        isFinal = byte & 0x80 != 0
        self.opcode = opcode
        switch opcode {
        case .close, .ping, .pong:
            guard isFinal else { throw .violation("fragmented control frame") }
        case .continuation:
            guard messageOpcode != nil else { throw .violation("continuation of nothing") }
        case .text, .binary:
            guard messageOpcode == nil else { throw .violation("new message within a message") }
        }
        state = .length
    }

    private mutating func takeLength(_ byte: UInt8) throws(WebSocketFailure) {
        guard byte & 0x80 != 0 else { throw .violation("frame not masked") }
        let length = byte & 0x7F
        guard !opcode.isControl || length <= 125 else { throw .violation("control frame too long") }
        remaining = 0
        lengthBytes = length == 126 ? 2 : length == 127 ? 8 : 0
        guard lengthBytes == 0 else {
            state = .extendedLength(left: lengthBytes)
            return
        }
        remaining = UInt64(length)
        try beginMask()
    }

    private mutating func beginMask() throws(WebSocketFailure) {
        if !opcode.isControl {
            guard remaining <= UInt64(max(0, messageLimit - message.count)) else { throw .tooBig }
            fragments += 1
            guard fragments <= fragmentLimit else {
                throw WebSocketFailure(code: WebSocketCloseCode.policyViolation, reason: "too many fragments")
            }
            if opcode != .continuation {
                messageOpcode = opcode
                text = UTF8Validator()
            }
        }
        key = 0
        keyOffset = 0
        state = .maskingKey(left: 4)
    }

    private mutating func takePayload(_ bytes: inout ArraySlice<UInt8>) throws(WebSocketFailure) {
        // `remaining` is at most the message limit here.
        let piece = bytes.prefix(Int(clamping: remaining))
        guard !piece.isEmpty else { return }
        bytes.removeFirst(piece.count)
        remaining -= UInt64(piece.count)
        if opcode.isControl {
            control += unmasked(piece)
        } else {
            let payload = unmasked(piece)
            if messageOpcode == .text, !text.accept(payload) { throw .invalidText }
            if message.isEmpty { message = payload } else { message += payload }
        }
    }

    /// Section 5.3.
    private mutating func unmasked(_ piece: ArraySlice<UInt8>) -> [UInt8] {
        let offset = keyOffset
        let key = key
        keyOffset = (offset + piece.count) & 3
        return [UInt8](unsafeUninitializedCapacity: piece.count) { payload, count in
            var position = offset
            for byte in piece {
                payload[count] = byte ^ UInt8(truncatingIfNeeded: key >> UInt32(24 - 8 * (position & 3)))
                count += 1
                position += 1
            }
        }
    }

    private mutating func endFrame() throws(WebSocketFailure) -> Event? {
        switch opcode {
        case .ping:
            defer { control = [] }
            return .ping(control)
        case .pong:
            control = []
            return .pong
        case .close:
            defer { control = [] }
            return .close(try closeCode())
        case .continuation, .text, .binary:
            guard isFinal else { return nil }
            defer {
                message = []
                messageOpcode = nil
                fragments = 0
            }
            guard messageOpcode == .text else { return .message(.binary(message)) }
            guard text.isComplete else { throw .invalidText }
            return .message(.text(String(decoding: message, as: UTF8.self)))
        }
    }

    /// RFC 6455, section 7.4.
    private func closeCode() throws(WebSocketFailure) -> UInt16? {
        guard !control.isEmpty else { return nil }
        guard control.count >= 2 else { throw .violation("close frame of one byte") }
        let code = UInt16(control[0]) << 8 | UInt16(control[1])
        guard WebSocketCloseCode.isValid(code) else { throw .violation("close code not allowed") }
        var reason = UTF8Validator()
        guard reason.accept(control[2...]), reason.isComplete else { throw .invalidText }
        return code
    }
}
