/// BERT's uncased WordPiece: text to the ids of its word pieces.
///
/// The same ids as Hugging Face `tokenizers` gives with the model's own tokenizer.json (BertNormalizer,
/// BertPreTokenizer, WordPiece), for every text. A special token spelt out in a text, `[SEP]` for example, becomes that
/// token, as there: a vector then equals the one that every other program computes with this model. It gives nobody
/// power over anything, for a text has a sequence and a vector to itself.
struct WordPieceTokenizer: TextTokenizer {
    let vocabulary: Vocabulary
    private let table = CharacterTable.reference
    /// For each ASCII character: 0 dropped, 1 white space, 2 a word by itself, else the letter it becomes.
    private let ascii: [UInt8]

    private enum ASCII {
        static let dropped: UInt8 = 0
        static let space: UInt8 = 1
        static let alone: UInt8 = 2
    }

    init(vocabulary: Vocabulary) {
        self.vocabulary = vocabulary
        let table = table
        ascii = (UInt32(0)..<128).map { code in
            switch table[code] {
            case CharacterTable.Class.letter: UInt8(code)
            case CharacterTable.Class.space: ASCII.space
            case CharacterTable.Class.alone: ASCII.alone
            case CharacterTable.Class.mapped...: UInt8(table.mapping(table[code]).first ?? 0)
            default: ASCII.dropped
            }
        }
    }

    var frame: TokenFrame { TokenFrame(start: [vocabulary.special.start], end: [vocabulary.special.end]) }

    /// Appends the ids of the first `limit` word pieces of `text`, special tokens around it left out.
    func append(_ text: String, limit: Int, to ids: inout [Int32]) {
        var text = text
        text.withUTF8 { bytes in
            var run = Run(tokenizer: self, stop: limit == .max ? .max : ids.count + limit)
            run.read(bytes, into: &ids)
        }
    }

    /// One text's way through.
    private struct Run: ~Copyable {
        let tokenizer: WordPieceTokenizer
        /// The count of ids at which enough have been found.
        let stop: Int
        var word = WordBuffer()

        init(tokenizer: WordPieceTokenizer, stop: Int) {
            self.tokenizer = tokenizer
            self.stop = stop
        }

        mutating func read(_ bytes: UnsafeBufferPointer<UInt8>, into ids: inout [Int32]) {
            var place = 0
            while place < bytes.count, ids.count < stop {
                let byte = bytes[place]
                guard byte < 0x80 else {
                    let (scalar, length) = Self.decode(bytes, at: place)
                    place += length
                    take(scalar, into: &ids)
                    continue
                }
                if byte == UInt8(ascii: "["), let (id, length) = special(bytes, at: place) {
                    finishWord(into: &ids)
                    ids.append(id)
                    place += length
                    continue
                }
                place += 1
                switch tokenizer.ascii[Int(byte)] {
                case ASCII.dropped: break
                case ASCII.space: finishWord(into: &ids)
                case ASCII.alone: alone(UInt32(byte), into: &ids)
                case let letter: word.append(ascii: letter)
                }
            }
            finishWord(into: &ids)
            if ids.count > stop { ids.removeLast(ids.count - stop) }
        }

        private mutating func take(_ scalar: UInt32, into ids: inout [Int32]) {
            let entry = tokenizer.table[scalar]
            switch entry {
            case CharacterTable.Class.letter: word.append(scalar)
            case CharacterTable.Class.dropped: break
            case CharacterTable.Class.barrier: word.closeMarks()
            case CharacterTable.Class.space: finishWord(into: &ids)
            case CharacterTable.Class.alone: alone(scalar, into: &ids)
            case CharacterTable.Class.hangul:
                let syllable = scalar - 0xac00
                word.append(0x1100 + syllable / 588)
                word.append(0x1161 + syllable % 588 / 28)
                if syllable % 28 != 0 { word.append(0x11a7 + syllable % 28) }
            case CharacterTable.Class.mapped...:
                for scalar in tokenizer.table.mapping(entry) { take(scalar, into: &ids) }
            default:
                word.append(mark: scalar, rank: entry - CharacterTable.Class.ranked, in: tokenizer.table)
            }
        }

        private mutating func alone(_ scalar: UInt32, into ids: inout [Int32]) {
            finishWord(into: &ids)
            word.append(scalar)
            finishWord(into: &ids)
        }

        /// The longest piece that the rest of the word begins with, again and again; a word with a rest that begins
        /// with none is unknown as a whole.
        private mutating func finishWord(into ids: inout [Int32]) {
            guard word.characters > 0 else { return }
            defer { word.clear() }
            let first = ids.count
            var from = 0
            while from < word.count || word.characters > WordBuffer.longest {
                guard word.characters <= WordBuffer.longest, let (id, to) = longestPiece(from) else {
                    ids.removeLast(ids.count - first)
                    ids.append(tokenizer.vocabulary.special.unknown)
                    return
                }
                ids.append(id)
                from = to
            }
        }

        @inline(__always)
        private func longestPiece(_ from: Int) -> (id: Int32, to: Int)? {
            var to = min(word.count, from + tokenizer.vocabulary.longest)
            while to > from {
                if let id = tokenizer.vocabulary.find(word, from, to) { return (id, to) }
                to -= 1
            }
            return nil
        }

        private func special(_ bytes: UnsafeBufferPointer<UInt8>, at place: Int) -> (id: Int32, length: Int)? {
            for (spelling, id) in tokenizer.vocabulary.special.spellings
            where bytes[place...].starts(with: spelling) {
                return (id, spelling.count)
            }
            return nil
        }

        /// A String's UTF-8 is always well formed, so the bytes of a scalar are all there.
        @inline(__always)
        private static func decode(_ bytes: UnsafeBufferPointer<UInt8>, at place: Int) -> (UInt32, Int) {
            let first = UInt32(bytes[place])
            let tail = { (offset: Int) in UInt32(bytes[place + offset] & 0x3f) }
            return switch first {
            case ..<0xe0: ((first & 0x1f) << 6 | tail(1), 2)
            case ..<0xf0: ((first & 0x0f) << 12 | tail(1) << 6 | tail(2), 3)
            default: ((first & 0x07) << 18 | tail(1) << 12 | tail(2) << 6 | tail(3), 4)
            }
        }
    }
}
