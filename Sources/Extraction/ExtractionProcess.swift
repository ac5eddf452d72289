import FoundationEssentials
import Glibc
import Support

/// Extracts in a child process, so that a file which crashes, loops or eats memory costs one line of the report.
///
/// The child limits its own memory, processor time and files (`ExtractionLimits`); this side limits the time by the
/// clock and the output, and kills the child's whole process group at the end in any case.
package struct ExtractionProcess: DocumentExtraction {
    /// The program and what stands before and after the file's path on its command line.
    package var executable: String
    package var arguments: [String]
    package var argumentsAfterFile: [String]
    package var timeLimit: Duration
    /// Bytes of JSON; twice the longest text, because of its escapes, and room for the list of blocks.
    package var outputLimit: Int

    /// - Parameter executable: absolute path of `gepeto`.
    package init(
        executable: String, arguments: [String] = ["extract"], argumentsAfterFile: [String] = ["--json"],
        timeLimit: Duration = .seconds(120), outputLimit: Int = 96 << 20
    ) {
        self.executable = executable
        self.arguments = arguments
        self.argumentsAfterFile = argumentsAfterFile
        self.timeLimit = timeLimit
        self.outputLimit = outputLimit
    }

    package func extract(
        path: String, progress: @escaping @Sendable (ExtractionProgress) -> Void
    ) async throws -> ExtractionOutcome {
        // No file name may be taken for an option.
        let file = path.hasPrefix("-") ? "./" + path : path
        let child = ChildProcess(
            executable: executable, arguments: arguments + [file] + argumentsAfterFile, timeLimit: timeLimit,
            outputLimit: outputLimit)
        let outcome: ChildProcess.Outcome
        do {
            outcome = try await child.run()
        } catch let error as ChildProcess.CannotStart {
            throw IngestError.extractorMissing(executable, FileReading.reason(error.code))
        }
        switch try await Self.decode(outcome) {
        case .document(let document): return ExtractionOutcome(document)
        case .failure(let error): throw error
        case nil: throw Self.failure(outcome, timeLimit: timeLimit)
        }
    }

    /// The child's answer, checked: its offsets come from a process that a hostile file may have taken over.
    private static func decode(_ outcome: ChildProcess.Outcome) async throws -> ExtractionResult? {
        guard case .exited = outcome.end else { return nil }
        return try await BlockingQueue(label: "extraction result").run {
            guard let result = try? JSONDecoder().decode(ExtractionResult.self, from: Data(outcome.output)) else {
                return nil
            }
            if case .document(let document) = result, !document.isConsistent { return nil }
            return result
        }
    }

    /// Why there is no answer, told by how the child ended.
    private static func failure(_ outcome: ChildProcess.Outcome, timeLimit: Duration) -> IngestError {
        switch outcome.end {
        case .timedOut: return .timedOut(after: timeLimit)
        case .tooMuchOutput: return .tooLarge("The text", limit: "\(DocumentBuilder.textLimit / 1_000_000) MB")
        case .signalled(SIGXCPU): return .timedOut(after: .seconds(ExtractionLimits.standard.cpuSeconds ?? 60))
        case .signalled(SIGKILL): return .outOfMemory
        default:
            let complaint = String(decoding: outcome.errors, as: UTF8.self).lowercased()
            return complaint.range(ofASCII: "memory") != nil || complaint.range(ofASCII: "bad_alloc") != nil
                ? .outOfMemory : .crashed
        }
    }
}

extension ExtractedDocument {
    /// Whether blocks and pages lie in order within the text and on the borders of its characters.
    var isConsistent: Bool {
        let bytes = text.utf8
        let isBorder: (Int) -> Bool = { offset in
            offset == bytes.count || bytes[bytes.index(bytes.startIndex, offsetBy: offset)] & 0xc0 != 0x80
        }
        var end = 0
        for block in blocks {
            guard block.range.lowerBound >= end, block.range.upperBound <= bytes.count, !block.range.isEmpty,
                isBorder(block.range.lowerBound), isBorder(block.range.upperBound),
                (0...6).contains(block.level), (0..<max(block.range.count, 1)).contains(block.headerLength)
            else { return false }
            end = block.range.upperBound
        }
        return (pageCount ?? 0) >= 0 && pageOffsets.allSatisfy { (0...bytes.count).contains($0) }
            && zip(pageOffsets, pageOffsets.dropFirst()).allSatisfy { $0 <= $1 }
    }
}
