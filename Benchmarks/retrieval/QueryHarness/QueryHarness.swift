import Embedding
import Glibc
import Support

@testable import CourseStore
@testable import Retrieval

/// Answers query.py: asks a course file the questions on stdin, one a line, and prints the microseconds of each step of
/// each of them, a line a question, after a line with the steps' names.
///
///     QueryHarness COURSE-FILE MODEL-FOLDER
///     QueryHarness COURSE-FILE MODEL-FOLDER make CHUNKS < LINES     (`CourseGrowth`)
@main
struct QueryHarness {
    private static let steps = [
        "tokenize", "embed", "searches", "familiarity", "fuse", "texts", "rerank", "passages",
        "search",
    ]

    static func main() async throws {
        let embedder = try SentenceEmbedder(modelFolder: CommandLine.arguments[2], threads: 1)
        let course = try CourseFile(
            path: CommandLine.arguments[1], course: try CourseID("benchmark"), space: embedder.space)
        if CommandLine.arguments.count == 5, let count = Int(CommandLine.arguments[4]) {
            var growth = CourseGrowth(AnyIterator { readLine() })
            try await growth.fill(course, to: count)
            return await course.close()
        }
        let retriever = Retriever(course: course, embedder: embedder)
        print((["chunks=\(try await course.counts().chunks)"] + steps).joined(separator: " "))
        // As in a server that has been up for a minute: a large course has its lists.
        _ = try await course.vectorSearch(Array(repeating: 0.05, count: embedder.space.dimension), limit: 1)
        await course.finishLists()
        while let question = readLine() {
            let times = try await times(of: question, retriever)
            print(times.map { "\(Int($0 * 1e6))" }.joined(separator: " "))
            fflush(nil)
        }
    }

    /// Seconds of each step, the last the whole search by itself, which comes first: the steps find its pages in memory.
    private static func times(of question: String, _ retriever: Retriever) async throws -> [Double] {
        let (course, embedder, time) = (retriever.course, retriever.embedder, SystemTime())
        let asked = time.elapsed
        _ = try await retriever.search(question)
        let whole = (time.elapsed - asked).inSeconds
        var marks = [time.elapsed]
        func mark() { marks.append(time.elapsed) }
        _ = embedder.tokenCount(question)
        mark()
        let vector = try await embedder.embed(query: question)
        mark()
        let hits = try await course.hybridSearch(vector, words: question, limit: Retriever.depth)
        mark()
        var candidates = Candidate.all(in: hits)
        let lengths = try await course.bytesPerPiece(ids: candidates.map(\.id))
        mark()
        for index in candidates.indices {
            candidates[index].familiarity = lengths[candidates[index].id].map(Familiarity.init(bytesPerPiece:)) ?? .full
        }
        let fused = zip(candidates, retriever.fusion.scores(of: candidates)).map { (candidate: $0, score: $1) }
            .sorted { $0.score > $1.score }
        mark()
        let texts = try await course.texts(ids: fused.prefix(Reranker.depth).map(\.candidate.id))
        let words = try await retriever.asked(question)
        mark()
        _ = Reranker.standard.ranked(fused, texts: texts, words)
        mark()
        // What `search` does beyond ranking: once more, less its ranking.
        _ = try await retriever.rank(question, limit: Retriever.depth, mode: .hybrid)
        let ranked = time.elapsed
        _ = try await retriever.search(question)
        let searched = time.elapsed
        let seconds = zip(marks.dropFirst(), marks).map { ($0 - $1).inSeconds }
        let last = marks[marks.count - 1]
        return seconds + [(searched - ranked).inSeconds - (ranked - last).inSeconds, whole]
    }
}
