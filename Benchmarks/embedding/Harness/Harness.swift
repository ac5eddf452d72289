import Embedding
import FoundationEssentials
import Glibc
import Support

/// Answers run.py: for each line on stdin, `<level> <how> <file>`, one line with what it took.
///
/// The file holds a JSON array of texts. `batch` embeds them in one call, `each` one by one, `tokens` only tokenizes.
/// One thread computes. The answer: wall seconds, CPU seconds, peak resident MiB; `vectors` writes
/// these as float32 beside the file instead.
/// The first line says how long the model took to be ready, and the levels of the processor.
@main
struct Harness {
    static func main() async throws {
        let begin = SystemTime().elapsed
        var embedders: [KernelLevel: SentenceEmbedder] = [
            .best: try SentenceEmbedder(modelFolder: CommandLine.arguments[1], threads: 1)
        ]
        let seconds = (SystemTime().elapsed - begin).inSeconds
        // The one in use first, the others from the best down.
        let levels = [KernelLevel.best] + KernelLevel.available.reversed().filter { $0 != .best }
        FileHandle.say("ready \(seconds) \(levels.map { "\($0)" }.joined(separator: " "))")
        while let line = readLine() {
            let words = line.split(separator: " ").map(String.init)
            guard words.count == 3, let level = KernelLevel.allCases.first(where: { "\($0)" == words[0] }) else {
                break
            }
            let embedder =
                try embedders[level]
                ?? SentenceEmbedder(modelFolder: CommandLine.arguments[1], threads: 1, level: level)
            embedders[level] = embedder
            let texts = try JSONDecoder().decode([String].self, from: Data(contentsOf: URL(filePath: words[2])))
            let wall = SystemTime().elapsed
            let processor = usage().seconds
            switch words[1] {
            case "batch": _ = try await embedder.embed(texts)
            case "vectors":
                let vectors = try await embedder.embed(texts)
                try vectors.withUnsafeBytes { try Data($0).write(to: URL(filePath: words[2] + ".f32")) }
                FileHandle.say("written")
                continue
            case "each": for text in texts { _ = try await embedder.embed([text]) }
            default: _ = texts.reduce(0) { $0 + embedder.tokenCount($1) }
            }
            let now = usage()
            FileHandle.say("\((SystemTime().elapsed - wall).inSeconds) \(now.seconds - processor) \(now.peak)")
        }
    }

    private static func usage() -> (seconds: Double, peak: Int) {
        var usage = rusage()
        getrusage(RUSAGE_SELF.rawValue, &usage)
        let seconds = { (time: timeval) in Double(time.tv_sec) + Double(time.tv_usec) * 1e-6 }
        // Not ru_maxrss, which a process inherits from the one that started it.
        let status = (try? String(contentsOf: URL(filePath: "/proc/self/status"), encoding: .utf8)) ?? ""
        let peak = status.split(separator: "\n").first { $0.hasPrefix("VmHWM:") }?.split(separator: " ")[1]
        return (seconds(usage.ru_utime) + seconds(usage.ru_stime), peak.flatMap { Int($0) }.map { $0 / 1024 } ?? 0)
    }

    private enum FileHandle {
        static func say(_ line: String) {
            print(line)
            fflush(nil)
        }
    }
}
