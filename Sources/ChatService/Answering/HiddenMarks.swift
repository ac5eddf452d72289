/// Names the characters of a text that nobody sees and every model reads: zero-width ones, those that turn the direction
/// of writing, tags, controls.
///
/// Documents have lost theirs when they were read (`TextCleaner`); questions and earlier messages come as they were typed.
enum HiddenMarks {
    /// `text` with `⟨U+202E⟩` for a hidden character, `⟨37 hidden characters⟩` for several in a row and a line feed for
    /// whatever else ends a line. Joiners and variation signs within emoji and the scripts that are spelt with them stay.
    static func named(_ text: String) -> String {
        guard text.utf8.contains(where: mayBegin), text.unicodeScalars.contains(where: { isHidden($0) || endsLine($0) })
        else { return text }
        var named = String.UnicodeScalarView()
        var run: [Unicode.Scalar] = []
        func close() {
            if let first = run.first, !joins(run, behind: named.last) {
                let name = run.count == 1 ? "U+\(hexadecimal(first))" : "\(run.count) hidden characters"
                named.append(contentsOf: "⟨\(name)⟩".unicodeScalars)
            } else {
                named.append(contentsOf: run)
            }
            run = []
        }
        for scalar in text.unicodeScalars {
            if isHidden(scalar) {
                run.append(scalar)
                continue
            }
            close()
            named.append(endsLine(scalar) ? "\n" : scalar)
        }
        close()
        return String(named)
    }

    /// Whether a hidden character can begin with this byte, or a line end; Portuguese and English prose has few of them.
    private static func mayBegin(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x0a, 0x09: false
        case 0..<0x20, 0x7f, 0xc2, 0xcd, 0xd8...: true
        default: false
        }
    }

    /// A sign or two that honest spelling needs: behind a letter or picture beyond ASCII, or a key-cap's digit.
    private static func joins(_ run: [Unicode.Scalar], behind last: Unicode.Scalar?) -> Bool {
        guard run.count <= 2, let last else { return false }
        return run.allSatisfy { ["\u{200c}", "\u{200d}", "\u{fe0e}", "\u{fe0f}"].contains($0) }
            && (!last.isASCII || ("0"..."9").contains(last))
    }

    private static func endsLine(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar {
        case "\r", "\u{b}", "\u{c}", "\u{85}", "\u{2028}", "\u{2029}": true
        default: false
        }
    }

    private static func isHidden(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar {
        case "\n", "\t": false
        case " "..."~": false
        default:
            !endsLine(scalar)
                && (scalar.properties.isDefaultIgnorableCodePoint || scalar.properties.generalCategory == .control
                    || scalar.properties.generalCategory == .format)
        }
    }

    private static func hexadecimal(_ scalar: Unicode.Scalar) -> String {
        let digits = String(scalar.value, radix: 16, uppercase: true)
        return String(repeating: "0", count: max(0, 4 - digits.count)) + digits
    }
}
