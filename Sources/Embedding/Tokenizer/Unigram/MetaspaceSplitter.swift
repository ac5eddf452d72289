/// The words of a normalised text, spaces written as a mark (`tokenizers`, Metaspace), after a split at white space where
/// the file asks for one.
struct MetaspaceSplitter: Sendable {
    enum Prefix: String, Sendable {
        /// Every stretch of text begins with the mark.
        case always
        /// Only that which begins the whole text does.
        case first
        case never
    }

    let mark: [UInt8]
    let prefix: Prefix
    /// A word ends where the next mark begins; else the whole stretch is one.
    let splits: Bool
    let splitsAtSpace: Bool

    /// Calls `body` with one word after another until it returns false.
    func split(_ text: inout String, isFirst: Bool, _ body: (UnsafeBufferPointer<UInt8>) -> Bool) {
        text.withUTF8 { bytes in
            var marked: [UInt8] = []
            marked.reserveCapacity(bytes.count + bytes.count / 4 + mark.count)
            guard splitsAtSpace else {
                _ = words(UnsafeBufferPointer(rebasing: bytes[...]), isFirst, &marked, body)
                return
            }
            var place = 0
            while place < bytes.count {
                let space = UTF8Bytes.space(bytes, at: place)
                if space > 0 {
                    place += space
                    continue
                }
                let start = place
                while place < bytes.count, UTF8Bytes.space(bytes, at: place) == 0 {
                    place = min(place + UTF8Bytes.length(of: bytes[place]), bytes.count)
                }
                let stretch = UnsafeBufferPointer(rebasing: bytes[start..<place])
                guard words(stretch, isFirst && start == 0, &marked, body) else { return }
            }
        }
    }

    private func words(
        _ stretch: UnsafeBufferPointer<UInt8>, _ isFirst: Bool, _ marked: inout [UInt8],
        _ body: (UnsafeBufferPointer<UInt8>) -> Bool
    ) -> Bool {
        guard !stretch.isEmpty else { return true }
        marked.removeAll(keepingCapacity: true)
        let wantsMark = prefix == .always || prefix == .first && isFirst
        if wantsMark, stretch[0] != UInt8(ascii: " "), !stretch.starts(with: mark) { marked += mark }
        for byte in stretch {
            if byte == UInt8(ascii: " ") { marked += mark } else { marked.append(byte) }
        }
        return marked.withUnsafeBufferPointer { marked in
            guard splits else { return body(marked) }
            var start = 0
            for place in 1..<max(marked.count, 1) where marked[place] == mark[0] && marked[place...].starts(with: mark)
            {
                guard body(UnsafeBufferPointer(rebasing: marked[start..<place])) else { return false }
                start = place
            }
            return body(UnsafeBufferPointer(rebasing: marked[start...]))
        }
    }
}
