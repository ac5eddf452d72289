/// One piece of work that is over, as it is exported.
package struct SpanRecord: Sendable, Equatable {
    /// The numbers are those of OTLP's `Span.SpanKind`.
    package enum Kind: Int, Sendable { case within = 1, server, client, producer, consumer }

    package enum Value: Sendable, Equatable { case text(String), number(Int), real(Double), flag(Bool) }

    /// What a span may say of itself: never a text that somebody wrote.
    package struct Attribute: Sendable, Equatable {
        package let name: String
        package let value: Value
    }

    /// Of one span; what comes later is left out.
    static let mostAttributes = 24
    /// UTF-8 bytes of a text; the rest is cut off.
    static let longestText = 256

    /// 32 and 16 hexadecimal digits.
    package var traceID: String
    package var id: String
    package var parentID: String?
    package let name: String
    package let kind: Kind
    /// Nanoseconds since 1970.
    package let start: Int64
    package internal(set) var end: Int64
    package internal(set) var attributes: [Attribute] = []
    /// Why it failed, a name from a closed set; nil when it did not.
    package internal(set) var failure: String?

    package init(
        traceID: String, id: String, parentID: String?, name: String, kind: Kind, start: Int64, end: Int64,
        attributes: [Attribute] = [], failure: String? = nil
    ) {
        (self.traceID, self.id, self.parentID, self.name, self.kind) = (traceID, id, parentID, name, kind)
        (self.start, self.end, self.attributes, self.failure) = (start, end, attributes, failure)
    }

    mutating func set(_ name: String, _ value: Value) {
        var value = value
        if case .text(let text) = value, text.utf8.count > Self.longestText {
            value = .text(String(decoding: text.utf8.prefix(Self.longestText), as: UTF8.self))
        }
        if let place = attributes.firstIndex(where: { $0.name == name }) {
            attributes[place] = Attribute(name: name, value: value)
        } else if attributes.count < Self.mostAttributes {
            attributes.append(Attribute(name: name, value: value))
        }
    }
}

extension SpanRecord.Attribute {
    package init(_ name: String, _ value: SpanRecord.Value) { (self.name, self.value) = (name, value) }
}
