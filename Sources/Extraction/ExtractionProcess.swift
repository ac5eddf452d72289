import FoundationEssentials
import Glibc
import Support

/// Extracts in a child process, so that a file which crashes, loops or eats memory costs one line of the report.
///
/// The child confines itself (`Sandbox`) before it opens the file; this side gives it a slot (`SandboxSlot`) with a copy of
/// the document, limits the time by the clock and the output, kills the child's whole process group at the end and removes
/// the slot's folder in any case.
package struct ExtractionProcess: DocumentExtraction {
    /// The program and what stands before and after the file's path on its command line.
    package var executable: String
    package var arguments: [String]
    package var argumentsAfterFile: [String]
    /// By the clock. Each page that is to be recognised from its picture adds to it.
    package var timeLimit: Duration
    /// Bytes of the answer: the longest text, and room for the lists of blocks and marks.
    package var outputLimit: Int
    /// What the child is told, beside its folder: what `passedOn` finds.
    package var environment: [String]

    /// - Parameter executable: absolute path of `gepeto`.
    package init(
        executable: String, arguments: [String] = ["extract"], argumentsAfterFile: [String] = [ExtractorChild.word],
        timeLimit: Duration = .seconds(120), outputLimit: Int = 96 << 20, environment: [String] = Self.passedOn()
    ) {
        self.executable = executable
        self.arguments = arguments
        self.argumentsAfterFile = argumentsAfterFile
        self.timeLimit = timeLimit
        self.outputLimit = outputLimit
        self.environment = environment
    }

    /// `GEPETO_OCR` and `GEPETO_SANDBOX` of this process, when each is one of its two words.
    /// - Parameter ocr: instead of this process's.
    package static func passedOn(ocr: String? = nil) -> [String] {
        func own(_ name: String) -> String? { getenv(name).map { String(cString: $0) } }
        var variables: [String] = []
        if let value = ocr ?? own("GEPETO_OCR"), ["auto", "off"].contains(value) {
            variables.append("GEPETO_OCR=\(value)")
        }
        if let value = own(Sandbox.setting), ["required", "best-effort"].contains(value) {
            variables.append("\(Sandbox.setting)=\(value)")
        }
        return variables
    }

    package func extract(
        path: String, progress: @escaping @Sendable (ExtractionProgress) -> Void
    ) async throws -> ExtractionOutcome {
        let clock = SystemTime()
        let start = clock.elapsed
        let contents = try await run(on: path, progress: progress)
        switch contents.result {
        case .document(let document):
            return ExtractionOutcome(
                document, seconds: (clock.elapsed - start).inSeconds, peakMemory: contents.peakMemory)
        case .failure(let error): throw error
        case .sandbox: throw IngestError.crashed
        }
    }

    /// Starts an extractor that tries to break out of its sandbox.
    /// - Throws: `IngestError`, `CancellationError`.
    package func report() async throws -> SandboxReport {
        switch try await run(on: nil, progress: { _ in }).result {
        case .sandbox(let report): return report
        case .failure(let error): throw error
        case .document: throw IngestError.crashed
        }
    }

    // MARK: One child

    /// - Parameter path: nil to have the sandbox tried instead.
    private func run(
        on path: String?, progress: @escaping @Sendable (ExtractionProgress) -> Void
    ) async throws -> ExtractionFrame.Contents {
        let queue = BlockingQueue(label: "extraction")
        try Task.checkCancellation()
        let slot = try await queue.run {
            _ = Self.sweptOnce
            return try SandboxSlot.take(for: path)
        }
        let outcome: Result<ChildProcess.Outcome, any Error>
        do {
            outcome = .success(try await child(in: slot, hasDocument: path != nil, progress: progress).run())
        } catch {
            outcome = .failure(error)
        }
        // A queue's work is not cancelled with the task: the folder goes in any case.
        try await queue.run { slot.release() }
        switch outcome {
        case .success(let outcome):
            return try await queue.run { try Self.contents(of: outcome) }
        case .failure(let error as ChildProcess.CannotStart):
            throw IngestError.extractorMissing(executable, FileReading.reason(error.code))
        case .failure(let error): throw error
        }
    }

    /// Once in the life of this process, what killed ones left is removed.
    private static let sweptOnce: Void = SandboxSlot.sweep()

    private func child(
        in slot: SandboxSlot, hasDocument: Bool, progress: @escaping @Sendable (ExtractionProgress) -> Void
    ) -> ChildProcess {
        var child = ChildProcess(
            executable: executable,
            arguments: arguments + [hasDocument ? slot.document : ExtractorChild.probe] + argumentsAfterFile,
            timeLimit: timeLimit, outputLimit: outputLimit)
        child.folder = slot.folder
        child.environment = ChildProcess.environment(scratch: slot.folder) + environment
        let intake = ProgressIntake(progress)
        child.onMessage = { intake.take($0) }
        return child
    }

    /// The child's answer, checked, or the reason for there being none, told by how the child ended.
    private static func contents(of outcome: ChildProcess.Outcome) throws -> ExtractionFrame.Contents {
        if case .exited = outcome.end, let contents = try? ExtractionFrame.read(outcome.output) { return contents }
        switch outcome.end {
        case .timedOut: throw IngestError.timedOut(after: outcome.timeLimit)
        case .tooMuchOutput:
            throw IngestError.tooLarge("The text", limit: "\(DocumentBuilder.textLimit / 1_000_000) MB")
        case .signalled(SIGXCPU):
            throw IngestError.timedOut(after: .seconds(ExtractionLimits.standard.cpuSeconds ?? 60))
        case .signalled(SIGKILL): throw IngestError.outOfMemory
        default:
            let complaint = String(decoding: outcome.errors, as: UTF8.self).lowercased()
            throw complaint.range(ofASCII: "memory") != nil || complaint.range(ofASCII: "bad_alloc") != nil
                ? IngestError.outOfMemory : IngestError.crashed
        }
    }
}
