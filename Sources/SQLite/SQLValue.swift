import Support

/// A value that can be bound to a statement's parameter, one case for each of SQLite's storage classes.
package enum SQLValue: Sendable, Equatable {
    case null
    case integer(Int64)
    case real(Double)
    case text(String)
    case blob([UInt8])

    package init(_ value: Int) { self = .integer(Int64(value)) }
    package init(_ value: Int64) { self = .integer(value) }
    package init(_ value: Double) { self = .real(value) }
    package init(_ value: Bool) { self = .integer(value ? 1 : 0) }
    package init(_ value: String) { self = .text(value) }
    package init(_ value: [UInt8]) { self = .blob(value) }
    /// Milliseconds since 1970.
    package init(_ value: Timestamp) { self = .integer(value.milliseconds) }

    package init(_ value: Int?) { self = value.map { SQLValue($0) } ?? .null }
    package init(_ value: String?) { self = value.map { SQLValue($0) } ?? .null }
    package init(_ value: Timestamp?) { self = value.map { SQLValue($0) } ?? .null }
}

extension SQLValue: ExpressibleByNilLiteral, ExpressibleByIntegerLiteral, ExpressibleByStringLiteral {
    package init(nilLiteral: ()) { self = .null }
    package init(integerLiteral value: Int64) { self = .integer(value) }
    package init(stringLiteral value: String) { self = .text(value) }
}
