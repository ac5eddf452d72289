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

    static func choice(_ name: String, _ choices: [String], _ help: String) -> Setting {
        Setting(name: name, standard: choices[0], help: help) { value in
            choices.contains(value) ? nil : "takes \(choices.joined(separator: ", ")), not '\(value)'"
        }
    }

    /// A port whose other adapters belong to a later version.
    static func adapter(_ name: String, _ built: String, later: [String], _ help: String) -> Setting {
        Setting(name: name, standard: built, help: help) { value in
            if value == built { return nil }
            if later.contains(where: value.hasPrefix) {
                return "'\(value)' is not built into this version; only '\(built)' is"
            }
            return "takes '\(built)', not '\(value)'"
        }
    }

    /// A setting of the contract that this version does not act on yet: better refused than ignored.
    static func later(_ name: String, _ help: String) -> Setting {
        Setting(name: name, standard: "", help: help + " (not in this version)") { _ in
            "is not acted on by this version; unset it"
        }
    }
}
