import Support

/// `gepeto restore`: a data folder out of a backup.
enum RestoreCommand {
    static let verb = Verb(
        "restore", "a data folder out of a backup, checked file by file", operands: "FOLDER",
        options: [
            Option("--json", "the result as one JSON object"),
            Option("--data", value: "DIR", "the data folder to make (default ./data)"),
        ],
        notes: """
            FOLDER is one that 'gepeto backup' made. The data folder must be new or empty: stop 'gepeto serve' and move the old
            one away first, it is also the way back. Each file is held against the manifest, each database opened; a
            restore that fails or is stopped leaves nothing.
            """, run: run)

    private struct View: Encodable {
        let data: String
        let createdAt: Int64
        let gepeto: String
        let files: Int
        let warnings: [String]
    }

    static func run(_ arguments: Arguments, _ context: Context) async throws -> Int32 {
        guard let source = arguments.operands.first, !source.isEmpty else {
            throw UsageError("out of which folder? For example: gepeto restore backups/monday")
        }
        guard arguments.operands.count == 1 else { throw UsageError("one folder, please.") }
        let configuration = try Configuration(arguments, context)
        try configuration.mustBeLocal(
            "restore",
            instead: "DynamoDB keeps points in time and S3 keeps versions; docs/runbook.md says how to restore them.")
        let bar = ProgressBar(console: context.console)
        let outcome = await context.outcome {
            try await Restore(backup: source, data: configuration.data) { file in
                bar.update(fraction: nil, details: "copying \(file)")
            }.run()
        }
        bar.clear()
        let manifest: Backup.Manifest
        do {
            manifest = try outcome.get()
        } catch is CancellationError {
            throw CommandFailure("stopped", "stopped before it was whole; nothing was left in \(configuration.data).")
        }
        let view = View(
            data: configuration.data, createdAt: manifest.createdAt, gepeto: manifest.gepeto,
            files: manifest.files.count, warnings: manifest.warnings)
        context.console.print(
            arguments.has("--json")
                ? try JSONText.line(view)
                : "\(view.data): \(view.files) files restored and checked, made by \(view.gepeto)")
        for warning in manifest.warnings { context.console.note("gepeto restore: \(warning)") }
        return 0
    }
}
