import Foundation
import Support

@testable import CourseStore

/// Answers the benchmark's commands, a line each, about one course file of vectors of 384 numbers.
///
///     make PATH VECTORS COUNT     a course of the first COUNT vectors of a file of floats, 100 a document
///     write PATH VECTORS RATE     adds documents of 20 chunks, RATE chunks a second, until its input ends
///     serve PATH VECTORS MEMORY   reads commands: `q I N K` the K nearest to vectors I, I + 1 … of the file, N of them;
///                                 `r I N K FIRST LAST` those among a range of ids, `f I N K FILE` among the ids in a file
///                                 of 8-byte numbers; `Q`, `R` and `F` time the search alone, within the thread of the
///                                 database; `m` memory; `l` makes lists, if there are to be any
///
/// A line for each search: microseconds by the clock, microseconds of CPU (of that thread, or of the process), then ids.
@main struct VectorHarness {
    static let space = EmbeddingSpace(name: "benchmark", revision: "0", dimension: 384, pooling: "mean")

    static func main() async throws {
        let arguments = CommandLine.arguments
        guard arguments.count == 5, let number = Int(arguments[4]) else { fatalError("see the head of this file") }
        let began = ContinuousClock.now
        let vectors = try Data(contentsOf: URL(fileURLWithPath: arguments[3]), options: .alwaysMapped)
        let memory = arguments[1] == "serve" ? number : 0
        let course = try CourseFile(
            path: arguments[2], course: try CourseID("benchmark"), space: space, vectorMemory: memory,
            cachedFrom: memory == 0 ? .max : 0)
        switch arguments[1] {
        case "make": try await fill(course, vectors, number)
        case "write": try await write(course, vectors, number)
        default: try await serve(course, vectors)
        }
        await course.close()
        FileHandle.standardError.write(Data("\(arguments[1]): \(began.duration(to: .now))\n".utf8))
    }

    static func vector(_ index: Int, _ data: Data) -> [Float] {
        data.withUnsafeBytes { bytes in
            [Float](bytes.bindMemory(to: Float.self)[(index * space.dimension)..<((index + 1) * space.dimension)])
        }
    }

    static func add(_ rows: Range<Int>, _ path: String, _ vectors: Data, to course: CourseFile) async throws {
        try await course.replace(
            NewDocument(
                path: path, title: path, contentHash: path, byteCount: 1, mediaType: "text/plain", language: "en",
                pageCount: nil, characterCount: 1, warnings: []),
            chunks: rows.map { NewChunk(text: "t\($0)", section: [], pages: nil, offset: 0..<1, tokenCount: 1) },
            vectors: rows.flatMap { vector($0, vectors) })
    }

    static func fill(_ course: CourseFile, _ vectors: Data, _ count: Int) async throws {
        for start in stride(from: 0, to: count, by: 100) {
            try await add(start..<min(count, start + 100), "\(start)", vectors, to: course)
        }
    }

    static func write(_ course: CourseFile, _ vectors: Data, _ rate: Int) async throws {
        let reading = Task.detached { while readLine() != nil {} }
        let flag = Flag()
        Task.detached {
            await reading.value
            flag.raise()
        }
        let began = ContinuousClock.now
        var written = 0
        while !flag.isRaised {
            try await add(
                written..<(written + 20), "new-\(ProcessInfo.processInfo.processIdentifier)-\(written)", vectors,
                to: course)
            written += 20
            let due = began + .seconds(Double(written) / Double(rate))
            if due > .now { try await Task.sleep(until: due, clock: .continuous) }
        }
        say("\(written) \(began.duration(to: .now))")
    }

    static func serve(_ course: CourseFile, _ vectors: Data) async throws {
        say("ready")
        while let line = readLine() {
            let words = line.split(separator: " ").map(String.init), numbers = words.map { Int($0) ?? 0 }
            if words[0] == "m" {
                let status = try String(contentsOfFile: "/proc/self/status", encoding: .utf8)
                say(status.split(separator: "\n").first { $0.hasPrefix("VmRSS") }.map(String.init) ?? "")
                continue
            }
            if words[0] == "l" {
                let (began, cpu) = (microseconds(CLOCK_MONOTONIC), microseconds(CLOCK_PROCESS_CPUTIME_ID))
                _ = try await course.vectorSearch(vector(0, vectors), limit: 1)
                await course.finishLists()
                say("\(microseconds(CLOCK_MONOTONIC) - began) \(microseconds(CLOCK_PROCESS_CPUTIME_ID) - cpu)")
                continue
            }
            var chosen: ChunkRanges?
            if words[0].lowercased() == "r" { chosen = ChunkRanges([Int64(numbers[4])...Int64(numbers[5])]) }
            if words[0].lowercased() == "f" {
                let ids = try Data(contentsOf: URL(fileURLWithPath: words[4]))
                chosen = ChunkRanges(ids: ids.withUnsafeBytes { [Int64]($0.bindMemory(to: Int64.self)) })
            }
            var answers: [String] = []
            for index in numbers[1]..<(numbers[1] + numbers[2]) {
                let query = vector(index, vectors)
                let (times, found) =
                    words[0].uppercased() == words[0]
                    ? try await alone(course, query, numbers[3], chosen)
                    : try await asCaller(course, query, numbers[3], chosen)
                answers.append((times.map(\.description) + found.map(\.id.description)).joined(separator: " "))
            }
            say(answers.joined(separator: "\n"))
        }
    }

    static func asCaller(
        _ course: CourseFile, _ query: [Float], _ limit: Int, _ chosen: ChunkRanges?
    ) async throws -> ([Double], [ScoredChunk]) {
        let (began, cpu) = (microseconds(CLOCK_MONOTONIC), microseconds(CLOCK_PROCESS_CPUTIME_ID))
        let found = try await course.vectorSearch(query, limit: limit, among: chosen)
        return ([microseconds(CLOCK_MONOTONIC) - began, microseconds(CLOCK_PROCESS_CPUTIME_ID) - cpu], found)
    }

    static func alone(
        _ course: CourseFile, _ query: [Float], _ limit: Int, _ chosen: ChunkRanges?
    ) async throws -> ([Double], [ScoredChunk]) {
        try await course.pool.read { [codes = course.codes] connection in
            let (began, cpu) = (microseconds(CLOCK_MONOTONIC), microseconds(CLOCK_THREAD_CPUTIME_ID))
            let found = try VectorSearch(query, limit: limit, chosen: chosen, cache: codes).best(in: connection)
            return ([microseconds(CLOCK_MONOTONIC) - began, microseconds(CLOCK_THREAD_CPUTIME_ID) - cpu], found)
        }
    }

    static func microseconds(_ clock: clockid_t) -> Double {
        var time = timespec()
        clock_gettime(clock, &time)
        return Double(time.tv_sec) * 1e6 + Double(time.tv_nsec) / 1e3
    }

    static func say(_ line: String) { FileHandle.standardOutput.write(Data((line + "\n").utf8)) }
}

/// Raised once, from another thread.
final class Flag: Sendable {
    private let raised = Locked(false)

    var isRaised: Bool { raised.withLock { $0 } }

    func raise() { raised.withLock { $0 = true } }
}
