extension String {
    /// The text with a replacement sign for each character that would steer a terminal instead of being shown: escape
    /// sequences, line ends, changes of the direction of writing. For names and sentences that others wrote.
    var printable: String {
        var scalars = String.UnicodeScalarView()
        for scalar in unicodeScalars { scalars.append(Self.steers(scalar) ? "\u{fffd}" : scalar) }
        return String(scalars)
    }

    private static func steers(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .control, .lineSeparator, .paragraphSeparator: true
        default: (0x202a...0x202e).contains(scalar.value) || (0x2066...0x2069).contains(scalar.value)
        }
    }
}
