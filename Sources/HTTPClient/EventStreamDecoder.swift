import Support

/// Reads server-sent events from bytes as they come, cut anywhere. A pure value.
///
/// Source: WHATWG HTML Living Standard, section 9.2.6 "Interpreting an event stream". Bytes that are not UTF-8 become
/// U+FFFD. An event that is not followed by a blank line is never given out, as the standard wants.
package struct EventStreamDecoder: Sendable {
    package struct Event: Sendable, Equatable {
        /// `message` where the stream names none.
        package let type: String
        package let data: String
        /// The last id the stream has given, of this event or an earlier one.
        package let lastEventID: String

        package init(type: String = "message", data: String, lastEventID: String = "") {
            self.type = type
            self.data = data
            self.lastEventID = lastEventID
        }
    }

    /// A line or an event's data was longer than allowed; the stream cannot be read on.
    package struct TooLong: ExplainedError, Equatable {
        package let limit: Int
        package var label: String { "event_too_large" }
        package var description: String { "The stream holds an event of more than \(limit) bytes." }
    }

    private let limit: Int
    private var line: [UInt8] = []
    private var data: [UInt8] = []
    private var hasData = false
    private var type = ""
    private var lastEventID = ""
    private var endedWithReturn = false
    private var isFirstLine = true

    /// The wait before a reconnection that the stream asked for last, in milliseconds.
    package private(set) var retryMilliseconds: Int?

    /// - Parameter limit: the most bytes a line, or the data of an event, may have.
    package init(limit: Int = 1 << 20) { self.limit = limit }

    /// Takes the next bytes and returns the events that they complete.
    package mutating func feed(_ bytes: some Collection<UInt8>) throws(TooLong) -> [Event] {
        var events: [Event] = []
        var rest = bytes[...]
        while !rest.isEmpty {
            if endedWithReturn {
                endedWithReturn = false
                if rest.first == 0x0a {
                    rest = rest.dropFirst()
                    continue
                }
            }
            guard let end = rest.firstIndex(where: { $0 == 0x0a || $0 == 0x0d }) else {
                try append(rest)
                break
            }
            try append(rest[..<end])
            endedWithReturn = rest[end] == 0x0d
            rest = rest[rest.index(after: end)...]
            if let event = try endLine() { events.append(event) }
        }
        return events
    }

    private mutating func append(_ bytes: some Collection<UInt8>) throws(TooLong) {
        guard line.count + bytes.count <= limit else { throw TooLong(limit: limit) }
        line.append(contentsOf: bytes)
    }

    private mutating func endLine() throws(TooLong) -> Event? {
        defer { line.removeAll(keepingCapacity: true) }
        var content = line[...]
        if isFirstLine, content.starts(with: [0xef, 0xbb, 0xbf]) { content = content.dropFirst(3) }
        isFirstLine = false
        if content.isEmpty { return dispatch() }
        let colon = content.firstIndex(of: UInt8(ascii: ":"))
        let name = content[..<(colon ?? content.endIndex)]
        var value = colon.map { content[content.index(after: $0)...] } ?? []
        if value.first == UInt8(ascii: " ") { value = value.dropFirst() }
        if name.elementsEqual("data".utf8) {
            guard data.count + value.count < limit else { throw TooLong(limit: limit) }
            if hasData { data.append(0x0a) }
            data.append(contentsOf: value)
            hasData = true
        } else if name.elementsEqual("event".utf8) {
            type = String(decoding: value, as: UTF8.self)
        } else if name.elementsEqual("id".utf8) {
            if !value.contains(0) { lastEventID = String(decoding: value, as: UTF8.self) }
        } else if name.elementsEqual("retry".utf8), !value.isEmpty, value.allSatisfy({ (0x30...0x39).contains($0) }) {
            retryMilliseconds = Int(String(decoding: value, as: UTF8.self)) ?? retryMilliseconds
        }
        return nil
    }

    private mutating func dispatch() -> Event? {
        defer {
            data.removeAll(keepingCapacity: true)
            hasData = false
            type = ""
        }
        guard hasData else { return nil }
        return Event(
            type: type.isEmpty ? "message" : type, data: String(decoding: data, as: UTF8.self), lastEventID: lastEventID
        )
    }
}
