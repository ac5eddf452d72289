/// A run of text as scalars, with the byte at which each begins.
struct ScalarText {
    private var scalars: [Unicode.Scalar] = []
    private var offsets: [Int] = []
    private let end: Int

    init(_ bytes: ArraySlice<UInt8>) {
        end = bytes.endIndex
        scalars.reserveCapacity(bytes.count)
        offsets.reserveCapacity(bytes.count)
        var offset = bytes.startIndex
        for scalar in String(decoding: bytes, as: UTF8.self).unicodeScalars {
            scalars.append(scalar)
            offsets.append(offset)
            offset += UTF8.width(scalar)
        }
    }

    var count: Int { scalars.count }

    subscript(position: Int) -> Unicode.Scalar { scalars[position] }

    func offset(_ position: Int) -> Int { position < offsets.count ? offsets[position] : end }

    func has(_ scalar: Unicode.Scalar, at position: Int) -> Bool { position < count && scalars[position] == scalar }

    func isWhiteSpace(_ position: Int) -> Bool { scalars[position].properties.isWhitespace }

    /// The first position from `position` on that is not white space.
    func skippingWhiteSpace(from position: Int) -> Int {
        var position = position
        while position < count, isWhiteSpace(position) { position += 1 }
        return position
    }

    /// The end of the citation markers (`[1]`, `[2][3]`) that follow `position` on the same line, else `position`.
    func endOfMarkers(after position: Int) -> Int {
        var end = position
        while true {
            var next = end
            while next < count, scalars[next] == " " { next += 1 }
            guard next < count, scalars[next] == "[" else { return end }
            let digits = next + 1
            next = digits
            while next < count, next - digits < 4, ("0"..."9").contains(scalars[next]) { next += 1 }
            guard next > digits, next < count, scalars[next] == "]" else { return end }
            end = next + 1
        }
    }

    /// The letters, digits and inner full stops that end just before `position`; at most 24 scalars are looked at.
    func word(before position: Int) -> (text: String, start: Int) {
        var start = position
        while start > 0, position - start < 24, isWordPart(scalars[start - 1]) { start -= 1 }
        return (text(start..<position), start)
    }

    /// The letters that begin at `position`, at most 24.
    func word(at position: Int) -> String {
        var end = position
        while end < count, end - position < 24, scalars[end].properties.isAlphabetic { end += 1 }
        return text(position..<end)
    }

    private func text(_ range: Range<Int>) -> String {
        var text = String.UnicodeScalarView()
        text.append(contentsOf: scalars[range])
        return String(text)
    }

    private func isWordPart(_ scalar: Unicode.Scalar) -> Bool {
        scalar.properties.isAlphabetic || ("0"..."9").contains(scalar) || scalar == "." || scalar == "º"
            || scalar == "ª"
    }
}
