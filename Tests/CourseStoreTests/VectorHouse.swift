import CKernels
import SQLite
import Support
import TestSupport

@testable import CourseStore

/// A course of made-up vectors beside a plain copy of what it must hold.
final class VectorHouse {
    let fixture: CourseFixture
    let dimension: Int
    private(set) var file: CourseFile
    private(set) var documents: [String: [(id: Int64, vector: [Float])]] = [:]
    var numbers: SeededNumbers
    private let themes: [[Float]]
    private let vectorMemory: Int
    private let listedFrom: Int
    private let sharedMemory: VectorMemory

    /// - Parameters:
    ///   - vectorMemory: 0 reads the codes from the file each time, else they are held from the first chunk on.
    ///   - listedFrom: chunks from which on they are sorted into lists.
    init(
        dimension: Int, seed: UInt64, vectorMemory: Int, listedFrom: Int = .max,
        sharedMemory: VectorMemory = VectorMemory(bytes: 512 << 20)
    ) throws {
        fixture = try CourseFixture()
        self.dimension = dimension
        self.vectorMemory = vectorMemory
        self.listedFrom = listedFrom
        self.sharedMemory = sharedMemory
        var numbers = SeededNumbers(seed)
        themes = (0..<40).map { _ in numbers.unitVector(dimension) }
        self.numbers = numbers
        file = try fixture.open(
            space: CourseFixture.space(dimension), vectorMemory: vectorMemory, cachedFrom: 0, listedFrom: listedFrom,
            sharedMemory: sharedMemory)
    }

    var all: [(id: Int64, vector: [Float])] { documents.values.flatMap { $0 } }

    /// Vectors that lie together in themes, as those of real texts do.
    func vector() -> [Float] {
        let theme = themes[Int.random(in: 0..<themes.count, using: &numbers)]
        let sum = zip(theme, numbers.unitVector(dimension)).map { 0.7 * $0 + 0.7 * $1 }
        let length = sum.reduce(0) { $0 + $1 * $1 }.squareRoot()
        return sum.map { $0 / length }
    }

    func put(_ path: String, _ count: Int) async throws {
        let vectors = (0..<count).map { _ in vector() }
        let chunks = (0..<count).map { CourseFixture.chunk("texto \($0)") }
        let document = try await file.replace(
            CourseFixture.document(path), chunks: chunks, vectors: vectors.flatMap { $0 })
        let ids = count == 0 ? [] : try await file.chunks(documentID: document.id, ordinals: 0...(count - 1)).map(\.id)
        documents[path] = zip(ids, vectors).map { ($0, $1) }
    }

    /// A document that is refused when it has been written, so that all of it is rolled back.
    func putInVain(_ path: String, _ count: Int) async throws {
        let vectors = (0..<count).flatMap { _ in vector() }
        let chunks = (0..<count).map { CourseFixture.chunk("texto \($0)") }
        do {
            try await file.replace(CourseFixture.document(path), chunks: chunks, vectors: vectors) { _ in
                throw CourseStoreError.vectorNotFinite
            }
        } catch CourseStoreError.vectorNotFinite {}
    }

    func remove(_ path: String) async throws {
        guard let document = try await file.document(path: path) else { return }
        try await file.remove(documentID: document.id)
        documents[path] = nil
    }

    func reopen() async throws {
        await file.close()
        file = try fixture.open(
            space: CourseFixture.space(dimension), vectorMemory: vectorMemory, cachedFrom: 0, listedFrom: listedFrom,
            sharedMemory: sharedMemory)
    }

    /// The plain twin of a search: every product by an ordinary loop, sorted whole.
    func nearest(_ query: [Float], limit: Int, where isChosen: (Int64) -> Bool = { _ in true }) -> [ScoredChunk] {
        let chosen = all.filter { isChosen($0.id) }
        var scores = [Float](repeating: 0, count: chosen.count)
        kernels_dot_scan_plain(query, chosen.flatMap(\.vector), chosen.count, dimension, &scores)
        let scored = zip(chosen, scores).map { ScoredChunk(id: $0.id, score: $1) }
        return Array(scored.sorted { $0.score == $1.score ? $0.id < $1.id : $0.score > $1.score }.prefix(limit))
    }

    /// Whether a search has found exactly what the plain twin finds; of two chunks as near as rounding can tell, either.
    func agrees(_ found: [ScoredChunk], _ query: [Float], limit: Int) -> Bool {
        let expected = nearest(query, limit: limit)
        let isSame = expected.count < limit ? Set(found.map(\.id)) == Set(expected.map(\.id)) : true
        return isSame && found.count == expected.count && Set(found.map(\.id)).count == found.count
            && zip(found, expected).allSatisfy { abs($0.score - $1.score) < 1e-5 }
            && zip(found, found.dropFirst()).allSatisfy { $0.score >= $1.score }
    }

    /// What is wrong with the codes in a file: every vector has a code, made as it would be made now, and no other has.
    static func faults(of file: CourseFile, dimension: Int) async throws -> [String] {
        guard let layout = CodeLayout(dimension: dimension) else { return ["no layout"] }
        return try await file.pool.read { connection in
            var faults: [String] = []
            var codes: [Int64: CodeBlock] = [:]
            var last = Int64.min
            try CodeTable.forEach(of: nil, in: connection) { reader in
                let block = try reader.block(layout)
                if reader.firstID <= last { faults.append("block \(reader.firstID) begins within the one before") }
                if block.runs.lastID != reader.lastID { faults.append("block \(reader.firstID) ends elsewhere") }
                last = reader.lastID
                let centre = try CentreTable.centre(block.centre, in: connection)
                var living = 0
                for slot in 0..<block.runs.count {
                    let id = block.runs.id(ofSlot: slot)
                    let isGone = block.bytes.withUnsafeBytes {
                        $0.loadUnaligned(fromByteOffset: layout.alongOffset(ofSlot: slot), as: UInt16.self)
                            == UInt16(CODES_NEVER)
                    }
                    if isGone { continue }
                    living += 1
                    codes[id] = block
                    var fresh = CodeBlock(layout: layout, centre: block.centre)
                    var found = false
                    try VectorTable.forEach(in: id...id, dimension: dimension, in: connection) { id, vector in
                        guard let start = vector.baseAddress else { return }
                        fresh.append(id, start, centre)
                        found = true
                    }
                    if !found { faults.append("\(id) has a code and no vector") }
                    if found, Self.code(0, fresh) != Self.code(slot, block) { faults.append("\(id) has another code") }
                }
                if living != block.live { faults.append("block \(reader.firstID) counts \(block.live) for \(living)") }
            }
            let ids = try connection.rows("SELECT chunk_id FROM vector", []) { $0.int64(0) }
            for id in ids where codes[id] == nil { faults.append("\(id) has no code") }
            if Set(ids).count != codes.count { faults.append("\(codes.count) codes for \(ids.count) vectors") }
            return faults
        }
    }

    private static func code(_ slot: Int, _ block: CodeBlock) -> [UInt8] {
        let layout = block.layout, group = layout.groupOffset(ofSlot: slot), lane = slot % Int(CODES_GROUP)
        let bits = (0..<((layout.dimension + 7) / 8)).map { block.bytes[group + $0 * Int(CODES_GROUP) + lane] }
        let along = layout.alongOffset(ofSlot: slot), scale = layout.scaleOffset(ofSlot: slot)
        return bits + block.bytes[along...(along + 1)] + block.bytes[scale...(scale + 1)]
    }
}
