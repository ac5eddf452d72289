import Glibc
import Support

/// Poppler's programs, run as children of the extractor and so within its limits.
package struct PDFTools: Sendable {
    struct Information: Equatable {
        var pageCount: Int?
        var title: String?
    }

    struct PageTexts {
        let pages: [String]
        /// Whether the program ended with an error after it had found some text.
        let isPartial: Bool
    }

    /// Fixed, so that what `PATH` says cannot put another program in their place.
    package static let standardFolders = ["/usr/bin", "/usr/local/bin", "/bin", "/opt/homebrew/bin"]

    /// Where the programs are looked for.
    var folders = Self.standardFolders
    var timeLimit: Duration = .seconds(90)
    /// More text than the builder takes would be refused anyway.
    var outputLimit = DocumentBuilder.textLimit * 2

    /// Page count and title; nothing when the file is too damaged to tell.
    func information(of path: String) throws(IngestError) -> Information {
        let outcome = try run("pdfinfo", ["-enc", "UTF-8", path])
        var information = Information()
        guard outcome.end == .exited(0) else { return information }
        for line in String(decoding: outcome.output, as: UTF8.self).utf8.split(separator: 0x0a) {
            guard let colon = line.firstIndex(of: UInt8(ascii: ":")) else { continue }
            let value = TextCleaner.collapsingWhiteSpace(String(Substring(line[line.index(after: colon)...])))
            switch String(Substring(line[..<colon])) {
            case "Pages": information.pageCount = Int(value)
            case "Title": information.title = value
            default: break
            }
        }
        return information
    }

    /// The text of each page in reading order.
    func pageTexts(of path: String) throws(IngestError) -> PageTexts {
        let outcome = try run("pdftotext", ["-q", "-enc", "UTF-8", "-eol", "unix", path, "-"])
        var pages = outcome.output.split(separator: 0x0c, omittingEmptySubsequences: false)
            .map { String(decoding: $0, as: UTF8.self) }
        if pages.last?.utf8.allSatisfy({ TextCleaner.isWhiteSpace($0) }) ?? false { pages.removeLast() }
        let hasText = pages.contains { !$0.utf8.allSatisfy { TextCleaner.isWhiteSpace($0) } }
        guard outcome.end != .exited(0), !hasText else {
            return PageTexts(pages: pages, isPartial: outcome.end != .exited(0))
        }
        throw Self.failure(outcome)
    }

    private func run(_ name: String, _ arguments: [String]) throws(IngestError) -> ChildProcess.Outcome {
        guard let folder = folders.first(where: { access("\($0)/\(name)", X_OK) == 0 }) else {
            throw .missingTool(name)
        }
        var child = ChildProcess(
            executable: "\(folder)/\(name)", arguments: arguments, timeLimit: timeLimit, outputLimit: outputLimit)
        // In the extractor's group, so that whoever ends the extractor ends it too.
        child.hasOwnGroup = false
        let outcome: ChildProcess.Outcome
        do { outcome = try child.runBlocking() } catch { throw .missingTool(name) }
        switch outcome.end {
        case .timedOut: throw .timedOut(after: timeLimit)
        case .signalled(SIGXCPU): throw .timedOut(after: .seconds(ExtractionLimits.standard.cpuSeconds ?? 60))
        case .tooMuchOutput: throw .tooLarge("The text", limit: "\(DocumentBuilder.textLimit / 1_000_000) MB")
        default: break
        }
        if Self.says(outcome, "Incorrect password") { throw .encrypted }
        return outcome
    }

    private static func failure(_ outcome: ChildProcess.Outcome) -> IngestError {
        if says(outcome, "memory") || says(outcome, "bad_alloc") { return .outOfMemory }
        switch outcome.end {
        case .signalled(SIGKILL): return .outOfMemory
        case .exited(3):
            return IngestError(
                .encrypted, "The PDF does not allow its text to be copied. Save a copy without that restriction.")
        default: return .broken("PDF")
        }
    }

    private static func says(_ outcome: ChildProcess.Outcome, _ words: String) -> Bool {
        String(decoding: outcome.errors, as: UTF8.self).range(ofASCII: words) != nil
    }
}
