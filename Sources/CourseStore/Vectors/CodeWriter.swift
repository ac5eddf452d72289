import SQLite

/// Puts vectors into the last block and those after it, each of which is written once.
struct CodeWriter {
    private let layout: CodeLayout
    private let centre: CodeCentre
    private let connection: Connection
    private var block: CodeBlock?
    private var firstID: Int64 = 0

    /// Goes on in the file's last block when it has room and is of the same centre.
    init(layout: CodeLayout, centre: CodeCentre, in connection: Connection) throws {
        self.layout = layout
        self.centre = centre
        self.connection = connection
        let last = try connection.row("SELECT max(first_id) FROM code_block", [], { $0.isNull(0) ? nil : $0.int64(0) })
        guard let last = last ?? nil, let block = try CodeTable.block(last, layout: layout, in: connection),
            block.centre == centre.key, !block.isFull
        else { return }
        self.block = block
        firstID = last
    }

    /// - Parameter vector: layout.dimension floats. `id` is larger than all before.
    mutating func append(_ id: Int64, _ vector: UnsafePointer<Float>) throws {
        if block?.isFull ?? true {
            try finish()
            block = CodeBlock(layout: layout, centre: centre.key)
            firstID = id
        }
        block?.append(id, vector, centre)
    }

    /// Writes what is not written yet.
    func finish() throws {
        guard let block, block.live > 0 else { return }
        try CodeTable.write(block, firstID: firstID, in: connection)
    }
}
