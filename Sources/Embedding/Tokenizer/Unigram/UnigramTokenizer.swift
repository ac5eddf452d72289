/// Unigram (Kudo, arXiv 1804.10959) as Hugging Face `tokenizers` computes it from a tokenizer.json: special tokens that a
/// text spells out, then for what is between them normaliser, pre-tokenizer and the most likely pieces.
struct UnigramTokenizer: TextTokenizer {
    let vocabulary: UnigramVocabulary
    let added: AddedTokens
    let normalizers: [UnigramNormalizer]
    let words: MetaspaceSplitter
    let frame: TokenFrame
    /// `RollingHash.base` to the power of 0, 1 ... the longest piece's length.
    private let powers: [UInt64]

    init(
        vocabulary: UnigramVocabulary, added: AddedTokens, normalizers: [UnigramNormalizer], words: MetaspaceSplitter,
        frame: TokenFrame
    ) {
        self.vocabulary = vocabulary
        self.added = added
        self.normalizers = normalizers
        self.words = words
        self.frame = frame
        powers = (0..<vocabulary.longest).reduce(into: [1]) { powers, _ in
            powers.append(powers[powers.count - 1] &* RollingHash.base)
        }
    }

    func append(_ text: String, limit: Int, to ids: inout [Int32]) {
        let stop = limit == .max ? .max : ids.count + limit
        var lattice = Lattice()
        for part in added.parts(of: text) where ids.count < stop {
            switch part {
            case .token(let id): ids.append(id)
            case .text(let text, let isFirst):
                var text = text
                var isFirst = isFirst
                for normalizer in normalizers { normalizer.apply(to: &text, isFirst: &isFirst) }
                words.split(&text, isFirst: isFirst) { word in
                    append(word, &lattice, to: &ids)
                    return ids.count < stop
                }
            }
        }
        if ids.count > stop { ids.removeLast(ids.count - stop) }
    }

    /// The best way to each place of a word.
    private struct Lattice {
        var hashes: [UInt64] = []
        var scores: [Double] = []
        /// Where the last piece of the way begins; below 0 while there is no way.
        var starts: [Int] = []
        var ids: [Int32] = []
        /// The pieces found, last first.
        var way: [(start: Int, end: Int, id: Int32)] = []

        mutating func clear(_ count: Int) {
            hashes.removeAll(keepingCapacity: true)
            scores.removeAll(keepingCapacity: true)
            starts.removeAll(keepingCapacity: true)
            ids.removeAll(keepingCapacity: true)
            way.removeAll(keepingCapacity: true)
            scores.append(contentsOf: repeatElement(0, count: count + 1))
            starts.append(contentsOf: repeatElement(-1, count: count + 1))
            ids.append(contentsOf: repeatElement(0, count: count + 1))
        }

        @inline(__always)
        mutating func offer(_ id: Int32, from start: Int, to end: Int, score: Double) {
            guard starts[end] < 0 || score > scores[end] else { return }
            scores[end] = score
            starts[end] = start
            ids[end] = id
        }
    }

    /// Viterbi over the pieces of one word.
    private func append(_ word: UnsafeBufferPointer<UInt8>, _ lattice: inout Lattice, to ids: inout [Int32]) {
        lattice.clear(word.count)
        lattice.hashes.append(0)
        for byte in word {
            lattice.hashes.append(RollingHash.append(byte, to: lattice.hashes[lattice.hashes.count - 1]))
        }
        var start = 0
        while start < word.count {
            let here = lattice.scores[start]
            let next = min(start + UTF8Bytes.length(of: word[start]), word.count)
            var isKnown = false
            var end = next
            let last = min(word.count, start + vocabulary.longest)
            while end <= last {
                let hash = lattice.hashes[end] &- lattice.hashes[start] &* powers[end - start]
                if let id = vocabulary.find(hash, word, start, end) {
                    lattice.offer(id, from: start, to: end, score: vocabulary.score(id) + here)
                    if end == next { isKnown = true }
                }
                if end == word.count { break }
                end = min(end + UTF8Bytes.length(of: word[end]), word.count)
            }
            if !isKnown {
                lattice.offer(vocabulary.unknown, from: start, to: next, score: vocabulary.unknownScore + here)
            }
            start = next
        }
        var end = word.count
        while end > 0 {
            lattice.way.append((lattice.starts[end], end, lattice.ids[end]))
            end = lattice.starts[end]
        }
        var wasUnknown = false
        for (start, end, id) in lattice.way.reversed() {
            if id != vocabulary.unknown {
                ids.append(id)
            } else if let bytes = vocabulary.bytePieces {
                ids += word[start..<end].map { bytes[Int($0)] }
            } else if !wasUnknown {
                // Neighbours that are unknown count as one.
                ids.append(id)
            }
            wasUnknown = id == vocabulary.unknown
        }
    }
}

/// The form of UTF-8.
enum UTF8Bytes {
    /// Bytes of the scalar that begins with `first`.
    @inline(__always)
    static func length(of first: UInt8) -> Int {
        switch first {
        case ..<0x80: 1
        case ..<0xe0: 2
        case ..<0xf0: 3
        default: 4
        }
    }

    /// Bytes of the white space (Unicode's White_Space) that begins at `place`, 0 where there is none.
    static func space(_ bytes: UnsafeBufferPointer<UInt8>, at place: Int) -> Int {
        let first = bytes[place]
        if first < 0x80 { return first == 0x20 || 0x09...0x0d ~= first ? 1 : 0 }
        let length = length(of: first)
        guard first == 0xc2 || 0xe1...0xe3 ~= first, place + length <= bytes.count else { return 0 }
        let code = bytes[place + 1..<place + length].reduce(UInt32(first) & (length == 2 ? 0x1f : 0x0f)) {
            $0 << 6 | UInt32($1 & 0x3f)
        }
        switch code {
        case 0x85, 0xa0, 0x1680, 0x2000...0x200a, 0x2028, 0x2029, 0x202f, 0x205f, 0x3000: return length
        default: return 0
        }
    }
}
