/// One environment variable that gepeto reads.
struct Setting: Sendable {
    let name: String
    /// The default as it would be written; empty for none.
    let standard: String
    let help: String
    /// Says what is wrong with a value, for the sentence "NAME: …"; nil when it is good.
    let fault: @Sendable (String) -> String?

    static func text(_ name: String, _ standard: String, _ help: String) -> Setting {
        Setting(name: name, standard: standard, help: help) { $0.isEmpty ? "must not be empty" : nil }
    }

    static func integer(_ name: String, _ standard: Int, _ range: ClosedRange<Int>, _ help: String) -> Setting {
        Setting(name: name, standard: "\(standard)", help: help) { value in
            guard let number = Int(value), range.contains(number) else {
                return "takes a whole number from \(range.lowerBound) to \(range.upperBound), not '\(value)'"
            }
            return nil
        }
    }

    /// A port of this machine, none by default.
    static func port(_ name: String, _ help: String) -> Setting {
        Setting(name: name, standard: "", help: help) { value in
            guard let number = Int(value), (0...65_535).contains(number) else {
                return "takes a port from 0 (any) to 65535, not '\(value)'"
            }
            return nil
        }
    }

    /// Seconds, with decimals.
    static func seconds(_ name: String, _ standard: Double, _ range: ClosedRange<Double>, _ help: String) -> Setting {
        let shown = standard == standard.rounded() ? "\(Int(standard))" : "\(standard)"
        return Setting(name: name, standard: shown, help: help + ", in seconds") { value in
            guard let number = Double(value), range.contains(number) else {
                return "takes seconds from \(range.lowerBound) to \(range.upperBound), not '\(value)'"
            }
            return nil
        }
    }

    /// With decimals.
    static func number(_ name: String, _ standard: Double, _ range: ClosedRange<Double>, _ help: String) -> Setting {
        Setting(name: name, standard: "\(standard)", help: help) { value in
            guard let number = Double(value), range.contains(number) else {
                return "takes a number from \(range.lowerBound) to \(range.upperBound), not '\(value)'"
            }
            return nil
        }
    }

    /// From 0 to 1, none by default.
    static func share(_ name: String, _ help: String) -> Setting {
        Setting(name: name, standard: "", help: help) { value in
            guard let number = Double(value), (0...1).contains(number) else {
                return "takes a number from 0 to 1, not '\(value)'"
            }
            return nil
        }
    }

    /// An address to read something from, none by default.
    static func secureURL(_ name: String, _ help: String) -> Setting {
        Setting(name: name, standard: "", help: help) { value in
            value.hasPrefix("https://") && value.utf8.count > 8 ? nil : "takes an address that begins with https://"
        }
    }

    /// Origins, `https://host[:port]`, separated by commas, none by default.
    static func origins(_ name: String, _ help: String) -> Setting {
        Setting(name: name, standard: "", help: help) { value in
            let origins = value.split(separator: ",", omittingEmptySubsequences: false).map { $0.trimmed }
            guard origins.count <= 32 else { return "takes at most 32 origins" }
            guard let stranger = origins.first(where: { !isOrigin($0) }) else { return nil }
            return "takes origins like https://moodle.example.org, separated by commas, not '\(stranger)'"
        }
    }

    /// Nothing that could end a directive of a policy or say more than a site.
    private static func isOrigin(_ text: String) -> Bool {
        for scheme in ["https://", "http://"] where text.hasPrefix(scheme) {
            let rest = text.dropFirst(scheme.count)
            return (1...253).contains(rest.utf8.count)
                && rest.utf8.allSatisfy { byte in
                    switch byte {
                    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
                        UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: ":"):
                        true
                    default: false
                    }
                }
        }
        return false
    }

    static func choice(_ name: String, _ choices: [String], _ help: String) -> Setting {
        Setting(name: name, standard: choices[0], help: help) { value in
            choices.contains(value) ? nil : "takes \(choices.joined(separator: ", ")), not '\(value)'"
        }
    }

    /// Where something is kept: here, or where the rest of the value says.
    /// - Parameter forms: of the values for elsewhere, such as `sqs:<queue URL>`.
    static func place(_ name: String, _ here: String, elsewhere forms: [String], _ help: String) -> Setting {
        Setting(name: name, standard: here, help: "\(help); or \(forms.joined(separator: ", "))") { value in
            let heads = forms.map { $0.prefix { $0 != "<" } }
            let isKnown = heads.contains { value.hasPrefix($0) && value.utf8.count > $0.utf8.count }
            // What it holds is not repeated: it may be a password.
            return value == here || isKnown ? nil : "takes '\(here)' or \(forms.joined(separator: ", "))"
        }
    }
}

extension Substring {
    /// Without spaces at both ends.
    var trimmed: String {
        var text = drop { $0 == " " }
        while text.last == " " { text.removeLast() }
        return String(text)
    }
}
