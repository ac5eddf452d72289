import SQLite

/// The rows of `code_centre`: the centre that new codes are made round, the latest, and former ones that blocks still
/// refer to.
///
/// A centre is looked at again whenever as many vectors came as there were when it was chosen, so the checks of a course
/// that grows get rare. When the mean has moved, a new centre is chosen and each later write makes the codes of two blocks
/// anew; until then queries see both.
enum CentreTable {
    /// Of the rotation. Any will do; one for all makes files of the same documents the same.
    private static let seed: UInt64 = 0x6765_7065_746f
    /// Vectors whose mean stands for that of the course.
    private static let sampleCount = 1_024
    /// The fewest new vectors after which a centre is looked at again.
    private static let patience = 256
    /// How far the mean may move, squared, as a part of the mean squared distance to it: the estimates' error grows by
    /// about half of that.
    private static let driftLimit: Float = 0.05
    /// Blocks that one write moves to the current centre: some ten milliseconds.
    private static let step = 2

    static func current(in connection: Connection) throws -> CodeCentre? {
        try centre("ORDER BY since DESC LIMIT 1", [], in: connection)
    }

    static func centre(_ key: Int64, in connection: Connection) throws -> CodeCentre {
        guard let centre = try centre("WHERE key = ?", [SQLValue(key)], in: connection) else {
            throw SQLiteError(.corrupt, path: connection.path, detail: "codes round a centre that is not there")
        }
        return centre
    }

    @discardableResult
    static func insert(mean: [Float], in connection: Connection) throws -> CodeCentre {
        let centre = CodeCentre(key: .random(in: 1 ... .max), mean: mean, seed: seed)
        try connection.run(
            """
            INSERT INTO code_centre (key, since, seed, mean, seen, added)
            VALUES (?, (SELECT ifnull(max(since), 0) + 1 FROM code_centre), ?, ?, 0, 0)
            """,
            [
                SQLValue(centre.key), SQLValue(Int64(bitPattern: seed)),
                SQLValue(mean.withUnsafeBytes { [UInt8]($0) }),
            ])
        return centre
    }

    /// A centre for a course whose vectors are all there already.
    static func sampled(layout: CodeLayout, in connection: Connection) throws -> CodeCentre {
        try insert(mean: try sample(layout: layout, in: connection).mean, in: connection)
    }

    /// The mean of `vectors`, or of some of them, spread evenly, when they are many.
    static func mean(of vectors: UnsafeBufferPointer<Float>, dimension: Int) -> [Float] {
        var moments = Moments(dimension: dimension)
        let count = vectors.count / dimension
        for row in stride(from: 0, to: count, by: max(1, count / sampleCount)) {
            moments.add(UnsafeBufferPointer(rebasing: vectors[(row * dimension)..<((row + 1) * dimension)]))
        }
        return moments.mean
    }

    /// Counts vectors that came, looks at the centre when it is time, and moves some blocks to a new one.
    static func follow(added: Int, layout: CodeLayout, in connection: Connection) throws {
        try connection.run(
            "UPDATE code_centre SET added = added + ? WHERE since = (SELECT max(since) FROM code_centre)",
            [SQLValue(added)])
        let counts = try connection.row("SELECT seen, added FROM code_centre ORDER BY since DESC LIMIT 1", []) {
            (seen: $0.int(0), added: $0.int(1))
        }
        if let counts, counts.added >= max(patience, counts.seen) { try look(layout: layout, in: connection) }
        try move(layout: layout, in: connection)
    }

    private static func look(layout: CodeLayout, in connection: Connection) throws {
        guard let centre = try current(in: connection) else { return }
        let moments = try sample(layout: layout, in: connection)
        let drift = zip(moments.mean, centre.mean).reduce(Float(0)) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
        if drift > driftLimit * moments.spread {
            let total = try connection.row("SELECT seen + added FROM code_centre WHERE key = ?", [SQLValue(centre.key)])
            {
                $0.int(0)
            }
            let new = try insert(mean: moments.mean, in: connection)
            try connection.run(
                "UPDATE code_centre SET seen = ? WHERE key = ?", [SQLValue(total ?? 0), SQLValue(new.key)])
        } else {
            try connection.run(
                "UPDATE code_centre SET seen = seen + added, added = 0 WHERE key = ?", [SQLValue(centre.key)])
        }
    }

    private static func move(layout: CodeLayout, in connection: Connection) throws {
        guard try connection.row("SELECT count(*) FROM code_centre", [], { $0.int(0) }) ?? 0 > 1,
            let centre = try current(in: connection)
        else { return }
        let old = try connection.rows(
            "SELECT first_id, last_id FROM code_block WHERE centre <> ? LIMIT \(step)", [SQLValue(centre.key)]
        ) { $0.int64(0)...max($0.int64(0), $0.int64(1)) }
        for ids in old { try CodeTable.rebuild(ids, centre: centre, layout: layout, in: connection) }
        if old.count < step { try connection.run("DELETE FROM code_centre WHERE key <> ?", [SQLValue(centre.key)]) }
    }

    /// Mean and spread of vectors spread evenly over the course.
    private static func sample(layout: CodeLayout, in connection: Connection) throws -> Moments {
        var moments = Moments(dimension: layout.dimension)
        guard let bounds = try VectorTable.bounds(in: connection) else { return moments }
        let (width, overflow) = bounds.upperBound.subtractingReportingOverflow(bounds.lowerBound)
        let step = max(1, (overflow ? .max : width) / Int64(sampleCount))
        let ids = Array(
            stride(from: bounds.lowerBound, through: bounds.upperBound, by: Int(step)).prefix(sampleCount + 1))
        try VectorTable.sample(ids, dimension: layout.dimension, in: connection) { moments.add($0) }
        return moments
    }

    private static func centre(
        _ condition: String, _ arguments: [SQLValue], in connection: Connection
    ) throws -> CodeCentre? {
        try connection.row("SELECT key, seed, mean FROM code_centre \(condition)", arguments) { row in
            let mean = row.withBlob(2) { bytes in
                (0..<(bytes.count / MemoryLayout<Float>.size)).map {
                    bytes.loadUnaligned(fromByteOffset: $0 * MemoryLayout<Float>.size, as: Float.self)
                }
            }
            return CodeCentre(key: row.int64(0), mean: mean, seed: UInt64(bitPattern: row.int64(1)))
        }
    }
}
