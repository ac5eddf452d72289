import FoundationEssentials

/// The word pieces of a model and their ids, found by hash.
///
/// A piece within a word carries `##` before it in the file; here it is kept without, and the two kinds never meet.
/// The hash of a stretch of a word follows from the hashes of its beginnings (`RollingHash`), so that looking a piece
/// up costs the same at every length.
struct Vocabulary: Sendable {
    /// The five tokens that mean something to the model.
    struct Special: Sendable {
        let unknown: Int32
        let start: Int32
        let end: Int32
        /// As they may stand in a text, with their ids; `[PAD]` and `[MASK]` too where the vocabulary has them.
        let spellings: [(text: [UInt8], id: Int32)]
    }

    /// Bytes of a `vocab.txt` that is read; real ones have a few hundred kilobytes.
    static let largestFile = 64 << 20

    let special: Special
    let count: Int
    /// Of the longest piece, in bytes.
    let longest: Int

    private struct Slot {
        var hash: UInt64
        /// Below 0 where the slot is free.
        var id: Int32
        var offset: Int32
        var length: Int32
        var continues: Bool
    }

    private let bytes: [UInt8]
    private let slots: [Slot]
    private let mask: Int
    /// `RollingHash.base` to the power of 0, 1 ... `longest`.
    private let powers: [UInt64]

    /// - Parameter pieces: by id.
    /// - Throws: `EmbeddingError` when a special token is missing.
    init(pieces: [[UInt8]], path: String) throws {
        var size = 16
        while size < 2 * pieces.count { size *= 2 }
        var bytes: [UInt8] = []
        var slots = [Slot](repeating: Slot(hash: 0, id: -1, offset: 0, length: 0, continues: false), count: size)
        var longest = 1
        for (id, piece) in pieces.enumerated() where !piece.isEmpty {
            let continues = piece.count > 2 && piece[0] == UInt8(ascii: "#") && piece[1] == UInt8(ascii: "#")
            let body = continues ? piece[2...] : piece[...]
            let hash = RollingHash.of(body, continues: continues)
            var slot = RollingHash.slot(hash) & (size - 1)
            while slots[slot].id >= 0 { slot = (slot + 1) & (size - 1) }
            slots[slot] = Slot(
                hash: hash, id: Int32(id), offset: Int32(bytes.count), length: Int32(body.count), continues: continues)
            bytes += body
            longest = max(longest, body.count)
        }
        func id(_ token: String) throws -> Int32 {
            guard let id = pieces.firstIndex(of: Array(token.utf8)) else {
                throw EmbeddingError(.unsupportedModel, path: path, "the vocabulary has no \(token)")
            }
            return Int32(id)
        }
        let unknown = try id("[UNK]")
        let start = try id("[CLS]")
        let end = try id("[SEP]")
        let spellings = ["[UNK]", "[CLS]", "[SEP]", "[PAD]", "[MASK]"].compactMap { token in
            pieces.firstIndex(of: Array(token.utf8)).map { (text: Array(token.utf8), id: Int32($0)) }
        }
        special = Special(unknown: unknown, start: start, end: end, spellings: spellings)
        count = pieces.count
        self.longest = longest
        self.bytes = bytes
        self.slots = slots
        mask = size - 1
        powers = (0..<longest).reduce(into: [1]) { powers, _ in
            powers.append(powers[powers.count - 1] &* RollingHash.base)
        }
    }

    /// Reads `vocab.txt` (a piece a line), or else the vocabulary in `tokenizer.json`.
    init(folder: String, count: Int) throws {
        let text = folder + "/vocab.txt"
        let path = FileManager.default.fileExists(atPath: text) ? text : folder + "/tokenizer.json"
        let pieces: [[UInt8]]
        if path == text {
            let file = try MappedFile(path: text)
            guard file.bytes.count <= Self.largestFile else {
                throw EmbeddingError(.unsupportedModel, path: path, "the vocabulary is larger than 64 MiB")
            }
            pieces = Self.lines(of: file)
        } else {
            pieces = try Self.tokenizerFile(in: folder)
        }
        guard pieces.count == count else {
            throw EmbeddingError(
                .unsupportedModel, path: path,
                "the vocabulary should have \(count) pieces by config.json, it has \(pieces.count)")
        }
        try self.init(pieces: pieces, path: path)
    }

    /// The id of the piece `word[from..<to]`, nil where there is none.
    @inline(__always)
    func find(_ word: borrowing WordBuffer, _ from: Int, _ to: Int) -> Int32? {
        let hash = word.hash(from, to, power: powers[to - from])
        var slot = RollingHash.slot(hash) & mask
        while slots[slot].id >= 0 {
            let found = slots[slot]
            if found.hash == hash, Int(found.length) == to - from, found.continues == (from > 0),
                bytes.withUnsafeBytes({ word.equals(from, to, $0, at: Int(found.offset)) })
            {
                return found.id
            }
            slot = (slot + 1) & mask
        }
        return nil
    }

    private static func lines(of file: MappedFile) -> [[UInt8]] {
        var lines = file.bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).map(Array.init)
        if lines.last?.isEmpty == true { lines.removeLast() }
        for (number, line) in lines.enumerated() where line.last == UInt8(ascii: "\r") { lines[number].removeLast() }
        return lines
    }

    private static func tokenizerFile(in folder: String) throws -> [[UInt8]] {
        struct Tokenizer: Decodable {
            struct Model: Decodable {
                let type: String?
                let vocab: [String: Int]
            }
            let model: Model
        }
        let path = folder + "/tokenizer.json"
        guard let data = FileManager.default.contents(atPath: path) else {
            throw EmbeddingError(
                .fileMissing, path: folder, "there is neither a vocab.txt nor a tokenizer.json that can be read")
        }
        guard let model = try? JSONDecoder().decode(Tokenizer.self, from: data).model, model.type == "WordPiece" else {
            throw EmbeddingError(.unsupportedModel, path: path, "the tokenizer should be a WordPiece")
        }
        var pieces = [[UInt8]](repeating: [], count: model.vocab.count)
        for (piece, id) in model.vocab {
            guard pieces.indices.contains(id) else {
                throw EmbeddingError(
                    .fileDamaged, path: path, "the ids of the vocabulary do not run from 0 without gaps")
            }
            pieces[id] = Array(piece.utf8)
        }
        return pieces
    }
}
