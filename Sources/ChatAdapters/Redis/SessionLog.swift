import ChatService
import Redis
import Support

/// What `SessionScripts.read` returns: how far a session's log has come, and the events after a number.
struct SessionLog: Sendable {
    let owner: UserID
    let epoch: String
    let seq: Int64
    /// No event up to this number is kept.
    let floor: Int64
    let leaps: Int64
    var events: [LoggedEvent]

    /// nil for what the script never returns.
    init?(_ reply: RESPValue) {
        guard let parts = reply.elements, parts.count == 6, let owner = parts[0].string, let epoch = parts[1].string,
            let seq = parts[2].number, let floor = parts[3].number, let leaps = parts[4].number,
            let fields = parts[5].elements, fields.count % 3 == 0
        else { return nil }
        self.owner = UserID(owner)
        self.epoch = epoch
        self.seq = seq
        self.floor = floor
        self.leaps = leaps
        events = []
        events.reserveCapacity(fields.count / 3)
        for index in stride(from: 0, to: fields.count, by: 3) {
            guard let number = fields[index].number, let meta = fields[index + 1].string,
                let frame = fields[index + 2].string, let event = Self.event(number, meta[...], frame)
            else { return nil }
            events.append(event)
        }
    }

    /// An event as it is published: `leaps seq meta`, a line break, the frame.
    struct Publication: Sendable {
        let leaps: Int64
        let event: LoggedEvent

        /// nil for a hint that says only that something has changed.
        init?(_ payload: [UInt8]) {
            guard let end = payload.firstIndex(of: UInt8(ascii: "\n")) else { return nil }
            let head = String(decoding: payload[..<end], as: UTF8.self)
            let parts = head.split(separator: " ", maxSplits: 2, omittingEmptySubsequences: false)
            guard parts.count == 3, let leaps = Int64(parts[0]), let seq = Int64(parts[1]),
                let event = SessionLog.event(
                    seq, parts[2], String(decoding: payload[payload.index(after: end)...], as: UTF8.self))
            else { return nil }
            self.leaps = leaps
            self.event = event
        }
    }

    /// - Parameter meta: milliseconds, kind, whether terminal, whether durable, job.
    private static func event(_ seq: Int64, _ meta: Substring, _ frame: String) -> LoggedEvent? {
        let parts = meta.split(separator: " ", maxSplits: 4, omittingEmptySubsequences: false)
        guard parts.count == 5, let at = Int64(parts[0]), let kind = ChatEvent.Kind(rawValue: String(parts[1])) else {
            return nil
        }
        return LoggedEvent(
            seq: seq, storedAt: Timestamp(milliseconds: at), kind: kind,
            jobID: parts[4].isEmpty ? nil : String(parts[4]),
            frame: frame, isTerminal: parts[2] == "1", isDurable: parts[3] == "1")
    }
}

/// A frame whose number is not known yet: the server puts it in.
struct UnnumberedFrame: Sendable {
    /// No number that is given out; its digits stand where the number will.
    private static let placeholder: Int64 = 8_999_999_999_999_999_999
    private static let mark = Array("\"seq\":\(placeholder)".utf8)

    let head: [UInt8]
    let tail: [UInt8]

    /// - Parameter moment: by the wall clock, for clients.
    init(_ event: ChatEvent, at moment: Timestamp) {
        let frame = EventFrame(event: event, seq: Self.placeholder, timestamp: moment.seconds)
        let bytes = Array(frame.text.utf8)
        // Within a JSON string the quotes would have a backslash before them: the mark stands nowhere else.
        guard let start = Self.find(bytes) else { preconditionFailure("a frame without its number") }
        head = Array(bytes[..<(start + Self.mark.count - 19)])
        tail = Array(bytes[(start + Self.mark.count)...])
    }

    private static func find(_ bytes: [UInt8]) -> Int? {
        var index = 0
        let last = bytes.count - mark.count
        while index <= last {
            if bytes[index] == mark[0], bytes[index..<index + mark.count].elementsEqual(mark) { return index }
            index += 1
        }
        return nil
    }
}
