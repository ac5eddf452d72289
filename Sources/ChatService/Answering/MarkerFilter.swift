/// Keeps citation markers of a streamed answer true: `[2]` stays when passage 2 was offered, an invented one goes.
///
/// A pure value: feed it pieces as they come, send on what it returns, and call `finish` at the end. Pieces may be cut
/// anywhere, also within a grapheme. `[1, 3]` and `[1-3]` become `[1][3]` and `[1][2][3]`. What is more likely a value than
/// a citation is left as it is: anything inside code (between back-ticks), an unknown number directly behind a word
/// (`list[0]`), three numbers or more that do not ascend (`[3, 1, 2]`).
package struct MarkerFilter: Sendable {
    /// A marker that was let through: where it begins in the text returned so far, in UTF-8 bytes, and its number.
    package struct Marker: Sendable, Equatable {
        package let offset: Int
        package let number: Int
    }

    /// The markers let through so far, in order.
    package private(set) var markers: [Marker] = []
    private let known: ClosedRange<Int>?
    private var emitted = 0
    /// What came and cannot be judged yet: from an opening bracket on, or blanks before one.
    private var held = ""
    private var before: Unicode.Scalar = "\n"
    private var backticks = 0
    private var codeFence = 0

    /// - Parameter passages: how many passages the prompt carried, numbered from 1.
    package init(passages: Int) { known = passages > 0 ? 1...passages : nil }

    /// Takes the next piece of the answer and returns what may be shown by now.
    package mutating func feed(_ piece: String) -> String {
        var out = ""
        for scalar in piece.unicodeScalars { consume(scalar, into: &out) }
        return out
    }

    /// The answer is over: returns what was held back.
    package mutating func finish() -> String {
        var out = ""
        emit(held, into: &out)
        held = ""
        return out
    }

    private mutating func consume(_ scalar: Unicode.Scalar, into out: inout String) {
        if scalar == "`" {
            flush(into: &out)
            backticks += 1
            emit("`", into: &out)
            return
        }
        if backticks > 0 { closeTicks() }
        if codeFence > 0 {
            // Code opened by one back-tick ends with its line at the latest: a stray back-tick opens nothing.
            if codeFence < 3, Self.endsLine(scalar) { codeFence = 0 }
            emit(String(scalar), into: &out)
            return
        }
        if let bracket = held.unicodeScalars.firstIndex(where: { $0 == "[" || $0 == "【" }) {
            held.unicodeScalars.append(scalar)
            if scalar == "]" || scalar == "】" {
                let original = String(held[bracket...])
                let blanks = String(held[..<bracket])
                held = ""
                judge(original, blanks: blanks, into: &out)
            } else if held.utf8.count > Self.longestMarker || !Self.belongsInMarker(scalar) {
                // No marker: what came before this scalar is text, the scalar itself may begin a marker.
                held.unicodeScalars.removeLast()
                flush(into: &out)
                consume(scalar, into: &out)
            }
        } else if scalar == "[" || scalar == "【" {
            held.unicodeScalars.append(scalar)
        } else if scalar == " " {
            flushIfLong(into: &out)
            held.unicodeScalars.append(scalar)
        } else {
            flush(into: &out)
            emit(String(scalar), into: &out)
        }
    }

    /// - Parameter original: with its brackets.
    private mutating func judge(_ original: String, blanks: String, into out: inout String) {
        guard let numbers = Self.numbers(in: String(original.unicodeScalars.dropFirst().dropLast())) else {
            emit(blanks + original, into: &out)
            return
        }
        let valid = numbers.filter { known?.contains($0) == true }
        let isAttached = blanks.isEmpty && (Self.belongsInWord(before) || before == "_" || before == ")")
        if valid.isEmpty {
            if isAttached { emit(original, into: &out) }
            return
        }
        emit(blanks, into: &out)
        for number in valid {
            markers.append(Marker(offset: emitted, number: number))
            emit("[\(number)]", into: &out)
        }
    }

    /// Runs of back-ticks open and close code: a run of the same length closes what a run opened.
    private mutating func closeTicks() {
        if codeFence == 0 { codeFence = backticks } else if codeFence == backticks { codeFence = 0 }
        backticks = 0
    }

    private mutating func flushIfLong(into out: inout String) {
        if held.utf8.count >= Self.longestMarker { flush(into: &out) }
    }

    private mutating func flush(into out: inout String) {
        emit(held, into: &out)
        held = ""
    }

    private mutating func emit(_ text: String, into out: inout String) {
        out += text
        emitted += text.utf8.count
        if let last = text.unicodeScalars.last { before = last }
    }

    private static let longestMarker = 80

    private static func belongsInMarker(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar {
        case "0"..."9", ",", ";", " ", "-", "–": true
        default: false
        }
    }

    private static func belongsInWord(_ scalar: Unicode.Scalar) -> Bool {
        // A combining mark ends a letter that came decomposed.
        scalar.properties.isAlphabetic || scalar.properties.numericType != nil
            || scalar.properties.canonicalCombiningClass != .notReordered
    }

    private static func endsLine(_ scalar: Unicode.Scalar) -> Bool { scalar == "\n" || scalar == "\r" }

    /// The numbers of `1`, `1, 2`, `1;2` or `1-3`; nil for anything else, also for a list of values (`3, 1, 2`).
    static func numbers(in marker: String) -> [Int]? {
        var numbers: [Int] = []
        for part in marker.split(whereSeparator: { $0 == "," || $0 == ";" || $0 == " " }) {
            let ends = part.split(whereSeparator: { $0 == "-" || $0 == "–" }).map { Int($0) }
            switch (ends.first ?? nil, ends.count == 2 ? ends[1] : nil) {
            case (let low?, nil) where ends.count == 1: numbers.append(low)
            case (let low?, let high?) where low <= high && high - low < 20: numbers += low...high
            default: return nil
            }
        }
        let ascend = zip(numbers, numbers.dropFirst()).allSatisfy { $0 < $1 }
        return numbers.isEmpty || (numbers.count > 2 && !ascend) ? nil : numbers
    }
}
