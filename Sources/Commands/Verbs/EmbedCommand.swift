import Embedding

/// `gepeto embed`: a line of text in, a JSON array out.
enum EmbedCommand {
    static let verb = Verb(
        "embed", "a line of text in, a JSON array of its vector out", operands: "< LINES",
        notes: "Lines are read from standard input, at most 1 MiB each, and answered in order.", run: run)

    static func run(_ arguments: Arguments, _ context: Context) async throws -> Int32 {
        guard arguments.operands.isEmpty else { throw UsageError("texts come from standard input, a line each.") }
        let embedder = try Wiring.embedder(Configuration(arguments, context))
        var batch: [String] = []
        func flush() async throws {
            let vectors = try await embedder.embed(batch)
            for index in batch.indices {
                let row = vectors[index * embedder.space.dimension..<(index + 1) * embedder.space.dimension]
                context.console.print("[" + row.map { "\($0)" }.joined(separator: ",") + "]")
            }
            batch = []
        }
        while let line = readLine() {
            guard line.utf8.count <= 1 << 20 else {
                throw CommandFailure("line_too_long", "a line has more than 1 MiB; split the text.")
            }
            batch.append(line)
            if batch.count == 64 { try await flush() }
        }
        try await flush()
        return 0
    }
}
