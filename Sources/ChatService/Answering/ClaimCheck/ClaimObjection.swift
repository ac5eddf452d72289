/// Why a passage does not carry a claim although its words are there.
enum ClaimObjection: String, Sendable, Hashable, CaseIterable {
    /// A number, a month or a formula is not in the passage, or stands where the passage has another.
    case number
    case unit
    case formula
    /// A name stands where the passage has another.
    case name
    /// A name is nowhere in the passage.
    case unknownName
    /// One says no where the other says yes.
    case negation
    /// A word stands where the passage has its opposite.
    case opposite

    /// Whether the passage says something else, rather than nothing.
    var contradicts: Bool { self != .unknownName }

    /// Whether it holds also where claim and passage are in two languages: numbers and formulas are the same in both.
    var holdsAcrossLanguages: Bool { self == .number || self == .formula }
}
