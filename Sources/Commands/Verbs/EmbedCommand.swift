import Embedding
import Glibc

/// `gepeto embed`: a line of text in, a JSON array out.
enum EmbedCommand {
    static let verb = Verb(
        "embed", "a line of text in, a JSON array of its vector out", operands: "< LINES",
        notes: "Lines are read from standard input, at most 1 MiB each, and answered in order as they come.", run: run)

    /// The most lines embedded together.
    private static let batch = 64

    static func run(_ arguments: Arguments, _ context: Context) async throws -> Int32 {
        guard arguments.operands.isEmpty else { throw UsageError("texts come from standard input, a line each.") }
        let embedder = try Wiring.embedder(Configuration(arguments, context))
        let input = LineInput(descriptor: STDIN_FILENO)
        let dimension = embedder.space.dimension
        while case let lines = try await input.next(batch), !lines.isEmpty {
            let vectors = try await embedder.embed(lines)
            for index in lines.indices {
                let row = vectors[index * dimension..<(index + 1) * dimension]
                context.console.print("[" + row.map { "\($0)" }.joined(separator: ",") + "]")
            }
        }
        return 0
    }
}
