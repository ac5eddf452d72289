import FoundationEssentials
import Glibc
import Support

@testable import CourseStore

/// Answers lexical.py on a course file. Its first argument is the file; each line on stdin is a task:
///
/// `load SIZE FILE` reads a text a line and stores them as documents of SIZE chunks; answers the seconds.
/// `query LIMIT TEXT` searches; answers microseconds of the search as a caller sees it, then the ids found.
/// `cpu LIMIT TEXT` answers the processor's microseconds, of all threads together.
/// `search LIMIT TEXT` answers the microseconds within the thread of the database, the question analysed before.
@main
struct LexicalHarness {
    static func main() async throws {
        // A file of the program's own can be opened too: name, revision, dimension and pooling of its model row.
        let model = (CommandLine.arguments.dropFirst(2).first ?? "none\t0\t1\tmean").split(separator: "\t")
        let space = EmbeddingSpace(
            name: String(model[0]), revision: String(model[1]), dimension: Int(model[2]) ?? 1, pooling: String(model[3])
        )
        let file = try CourseFile(
            path: CommandLine.arguments[1], course: try CourseID("benchmark"),
            space: space)
        say("ready")
        while let line = readLine() {
            let task = line.split(separator: " ", maxSplits: 2).map(String.init)
            guard task.count == 3, let number = Int(task[1]) else { break }
            let start = SystemTime().elapsed
            if task[0] == "load" {
                try await load(task[2], number, into: file)
                say("\((SystemTime().elapsed - start).inSeconds)")
            } else if task[0] == "search" {
                let words = QuestionWords(task[2]).words
                let (seconds, found) = try await file.pool.read { connection in
                    let start = SystemTime().elapsed
                    let hits = try LexicalSearch(words, correcting: true, file.index(without: []), in: connection)
                        .hits(limit: number, scoring: [])
                    return ((SystemTime().elapsed - start).inSeconds, hits.best)
                }
                say("\(seconds * 1e6) " + found.map { String($0.id) }.joined(separator: " "))
            } else {
                let processor = processorSeconds()
                let found = try await file.lexicalSearch(task[2], limit: number)
                let seconds =
                    task[0] == "cpu" ? processorSeconds() - processor : (SystemTime().elapsed - start).inSeconds
                say("\(seconds * 1e6) " + found.map { String($0.id) }.joined(separator: " "))
            }
        }
    }

    private static func processorSeconds() -> Double {
        var now = timespec()
        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now)
        return Double(now.tv_sec) + Double(now.tv_nsec) / 1e9
    }

    private static func say(_ line: String) {
        print(line)
        fflush(nil)
    }

    private static func load(_ path: String, _ size: Int, into file: CourseFile) async throws {
        let text = String(decoding: try Data(contentsOf: URL(filePath: path)), as: UTF8.self)
        let lines = text.split(separator: "\n")
        let first = try await file.counts().documents
        for (number, start) in stride(from: 0, to: lines.count, by: size).enumerated() {
            let part = lines[start..<min(start + size, lines.count)]
            let name = "\(first + number)"
            let document = NewDocument(
                path: name, title: "", contentHash: name, byteCount: 0, mediaType: "text/plain", language: "en",
                pageCount: nil, characterCount: 0, warnings: [])
            let chunks = part.map {
                NewChunk(text: String($0), section: [], pages: nil, offset: 0..<$0.utf8.count, tokenCount: 0)
            }
            try await file.replace(document, chunks: chunks, vectors: chunks.map { _ in 1 })
        }
    }
}
