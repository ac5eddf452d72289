import Support

/// `gepeto backup`: a copy of the data folder, also while it is served.
enum BackupCommand {
    static let verb = Verb(
        "backup", "a copy of the whole data folder, also while 'gepeto serve' works with it", operands: "FOLDER",
        options: [
            Option("--json", "the result as one JSON object"),
            Option("--data", value: "DIR", "the data folder (default ./data)"),
        ],
        notes: """
            FOLDER must be new or empty; it gets the form of a data folder: gepeto.sqlite, directory.sqlite, courses/,
            originals/, and manifest.json with the SHA-256 of each file. The databases are copied each as of one moment and
            checked. A backup that fails or is stopped leaves nothing. To restore: stop 'gepeto serve', move the data folder
            away, 'gepeto restore FOLDER', start 'gepeto serve'.
            """, run: run)

    private struct View: Encodable {
        let folder: String
        let createdAt: Int64
        let courses: Int
        let originals: Int
        let bytes: Int
        let warnings: [String]
    }

    static func run(_ arguments: Arguments, _ context: Context) async throws -> Int32 {
        guard let target = arguments.operands.first, !target.isEmpty else {
            throw UsageError("into which folder? For example: gepeto backup backups/monday")
        }
        guard arguments.operands.count == 1 else { throw UsageError("one folder, please.") }
        let configuration = try Configuration(arguments, context)
        try configuration.mustBeLocal(
            "backup",
            instead: "DynamoDB keeps points in time and S3 keeps versions; docs/runbook.md says how to restore them.")
        let console = context.console
        let bar = ProgressBar(console: console)
        let outcome = await context.outcome {
            try await Backup(data: configuration.data, target: target) { file in
                bar.update(fraction: nil, details: "copying \(file)")
            }.run()
        }
        bar.clear()
        let manifest: Backup.Manifest
        do {
            manifest = try outcome.get()
        } catch is CancellationError {
            throw CommandFailure("stopped", "stopped before it was whole; nothing was left in \(target).")
        }
        let view = View(
            folder: target, createdAt: manifest.createdAt,
            courses: manifest.files.count { $0.path.hasPrefix("courses/") },
            originals: manifest.files.count { $0.path.hasPrefix("originals/") },
            bytes: manifest.files.reduce(0) { $0 + $1.bytes }, warnings: manifest.warnings)
        console.print(
            arguments.has("--json")
                ? try JSONText.line(view)
                : "\(target): \(view.courses) courses, \(view.originals) originals, \(view.bytes / 1_000_000) MB, checked"
        )
        for warning in manifest.warnings { console.note("gepeto backup: \(warning)") }
        return 0
    }
}
