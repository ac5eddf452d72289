import ChatAdapters
import ChatService
import Extraction
import Glibc
import Ingest
import Support

/// `gepeto ingest`: files and folders into a course.
enum IngestCommand {
    static let verb = Verb(
        "ingest", "files and folders of documents into a course", operands: "PATH… --course C",
        options: [
            Option("--course", short: "-c", value: "C", "the course; made when there is none of that name"),
            Option("--json", "the report as one JSON object"),
            Option("--remove-vanished", "take out documents that are no longer in the folder"),
            Option("--again", "take in unchanged documents too"),
            Option("--data", value: "DIR", "the data folder (default ./data)"),
        ],
        notes: """
            Unchanged files are skipped, changed ones replaced, each document in one transaction; renamed files are
            followed, copies of the same content named. A document is in only after three of its sentences were found
            again by a search ('found'). 'MB' is the most memory its extractor took. Exit code 1 when a document failed;
            the others are in.
            """, run: run)

    static func run(_ arguments: Arguments, _ context: Context) async throws -> Int32 {
        guard !arguments.operands.isEmpty else {
            throw UsageError("which files or folders? For example: gepeto ingest notes/ --course algoritmos")
        }
        guard arguments["--course"] != nil else { throw UsageError("which course? Say --course C.") }
        let configuration = try Configuration(arguments, context)
        try configuration.mustBeLocal(
            "ingest",
            instead:
                "upload documents by the page or POST /api/courses/{course}/documents, or unset the setting to fill a folder here."
        )
        let course = try CourseFolder.courseID(arguments, configuration)
        let console = context.console
        let bar = ProgressBar(console: console)
        let report = try await ingest(arguments, course, configuration, context) { progress in
            bar.update(fraction: progress.fraction, details: progress.line)
        }
        bar.clear()
        console.write(try arguments.has("--json") ? JSONText.line(report) + "\n" : IngestTable(report, course).text)
        return report.count(.failed) == 0 ? 0 : 1
    }

    private static func ingest(
        _ arguments: Arguments, _ course: CourseID, _ configuration: Configuration, _ context: Context,
        progress: @escaping @Sendable (IngestProgress) -> Void
    ) async throws -> IngestReport {
        let embedder = try Wiring.embedder(configuration)
        let folder = CourseFolder(data: configuration.data, embedder: embedder)
        let isNew = try await folder.file(for: course) == nil
        guard let file = try await folder.madeFile(for: course) else { throw folder.unknown(course) }
        var options = Ingester.Options()
        options.removesVanished = arguments.has("--remove-vanished")
        options.again = arguments.has("--again")
        // Where nobody has set rules there is no file of them.
        let directory =
            try access(configuration.directoryPath, F_OK) == 0
            ? SQLiteDirectory(path: configuration.directoryPath) : nil
        if let directory {
            options.beforeNew = { try await DocumentRules(directory).keepNew($0, of: course, by: .local) }
        }
        let ingester = Ingester(
            course: file, embedder: embedder, extraction: ExtractionProcess(executable: context.executable),
            originals: configuration.data + "/originals", options: options, log: Log(level: configuration.logLevel))
        let outcome = await context.outcome { try await ingester.ingest(paths: arguments.operands, progress: progress) }
        await directory?.close()
        // A course that was made for documents which all failed would only be in the way.
        if isNew, try await file.counts().documents == 0 { try await folder.remove(course) }
        do {
            return try outcome.get()
        } catch is CancellationError {
            throw CommandFailure(
                "cancelled", "stopped. Documents that were finished are in; run the same command again for the rest.")
        }
    }
}

extension IngestProgress {
    /// By files, the current one by its chunks.
    var fraction: Double? {
        guard filesTotal > 0 else { return nil }
        let current = currentChunks > 0 ? Double(currentChunksDone) / Double(currentChunks) : 0
        return min(1, (Double(filesDone) + current) / Double(filesTotal))
    }

    /// `3/17 files, 24 pages, 120 chunks, 41 chunks/s, 12 s left, handout.pdf`
    var line: String {
        var parts = ["\(filesDone)/\(filesTotal) files"]
        if failed > 0 { parts.append("\(failed) failed") }
        if pagesDone > 0 { parts.append("\(pagesDone) pages") }
        parts.append("\(chunksDone) chunks")
        if chunksPerSecond > 0 { parts.append("\(Int(chunksPerSecond.rounded())) chunks/s") }
        if let secondsLeft { parts.append(ProgressBar.spoken(.seconds(secondsLeft)) + " left") }
        if !currentFile.isEmpty { parts.append(currentFile.printable) }
        return parts.joined(separator: ", ")
    }
}
