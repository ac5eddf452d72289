import Support

/// Locations as a column keeps them: `offset page recognised place`, with unit separators between the fields and record
/// separators between the locations; empty for none.
enum LocationText {
    private static let fieldSeparator: Character = "\u{1f}"
    private static let recordSeparator: Character = "\u{1e}"

    static func write(_ locations: [TextLocation]) -> String {
        locations.map { location in
            let place = (location.place ?? "").filter { $0 != fieldSeparator && $0 != recordSeparator }
            return [
                String(location.offset), location.page.map(String.init) ?? "", location.recognised ? "1" : "", place,
            ].joined(separator: String(fieldSeparator))
        }.joined(separator: String(recordSeparator))
    }

    /// What is not whole, in a file from elsewhere, is left out.
    static func read(_ text: String) -> [TextLocation] {
        text.split(separator: recordSeparator).compactMap { record in
            let fields = record.split(separator: fieldSeparator, omittingEmptySubsequences: false)
            guard fields.count == 4, let offset = Int(fields[0]), offset >= 0 else { return nil }
            return TextLocation(
                offset: offset, page: Int(fields[1]), recognised: fields[2] == "1",
                place: fields[3].isEmpty ? nil : String(fields[3]))
        }
    }
}
