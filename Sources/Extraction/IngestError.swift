import Support

/// Why a document, or a whole run, could not be ingested, in words for the teacher who loads it.
///
/// Codable because it crosses from the extractor's process to its parent.
package struct IngestError: ExplainedError, Codable, Hashable {
    package enum Code: String, Codable, Sendable, CaseIterable {
        case unreadable, empty, unsupported, encrypted, broken, crashed
        case tooLarge = "too_large"
        case timedOut = "timed_out"
        case outOfMemory = "out_of_memory"
        case noText = "no_text"
        case missingTool = "missing_tool"
        case changedMeanwhile = "changed_meanwhile"
        case nothingToIngest = "nothing_to_ingest"
        case tooManyFiles = "too_many_files"
        case sameName = "same_name"
        case originalNotKept = "original_not_kept"
        case selfCheckFailed = "self_check_failed"
        case notPrepared = "not_prepared"
    }

    package let code: Code
    package let description: String

    package var label: String { "ingest_\(code.rawValue)" }

    /// Whether it is the file's own fault, so that another try meets the same; otherwise it is trouble of the machine
    /// that may pass.
    package var isOfTheFile: Bool {
        switch code {
        case .empty, .unsupported, .encrypted, .broken, .crashed, .tooLarge, .timedOut, .outOfMemory, .noText,
            .nothingToIngest, .tooManyFiles, .sameName:
            true
        case .unreadable, .missingTool, .changedMeanwhile, .originalNotKept, .selfCheckFailed, .notPrepared: false
        }
    }

    package init(_ code: Code, _ description: String) {
        self.code = code
        self.description = description
    }
}

extension IngestError {
    /// All formats that are read, for a person.
    private static let formats =
        "PDF, Word (.docx), PowerPoint (.pptx), Excel (.xlsx), OpenDocument, EPUB, RTF, HTML, Markdown, plain text, CSV, "
        + "Jupyter notebooks, LaTeX, subtitles (.srt, .vtt) and programs"

    package static func unreadable(_ reason: String) -> IngestError {
        IngestError(
            .unreadable, "The file cannot be read (\(reason)). Check that it exists and that you may open it.")
    }

    package static let empty = IngestError(.empty, "The file is empty. Check that it was saved or copied completely.")

    package static let blank = IngestError(
        .noText, "The file holds no text, only blanks or mark-up. Check that it is the right file.")

    package static func unsupported(_ kind: String) -> IngestError {
        IngestError(
            .unsupported,
            "\(kind) files are not supported. \(formats) can be read: convert it to one of them and load that.")
    }

    package static let encrypted = IngestError(
        .encrypted, "The PDF is password protected. Save a copy without the password and load that.")

    package static func broken(_ what: String) -> IngestError {
        IngestError(
            .broken, "The \(what) is damaged and cannot be read. Open it in its own program, save it again and retry.")
    }

    package static func tooLarge(_ what: String, limit: String) -> IngestError {
        IngestError(.tooLarge, "\(what) is larger than \(limit). Split the document into smaller files.")
    }

    package static func timedOut(after limit: Duration) -> IngestError {
        IngestError(
            .timedOut,
            "Reading the file took longer than \(limit.components.seconds) seconds and was stopped. Split the document, "
                + "or print it to a new PDF.")
    }

    package static let outOfMemory = IngestError(
        .outOfMemory,
        "Reading the file needs more memory than allowed; it may be damaged or made to do harm. Print it to a new PDF, "
            + "or split it.")

    package static let crashed = IngestError(
        .crashed, "The file made its reader fail; it is damaged or of a kind not understood. Print it to a new PDF.")

    package static func missingTool(_ name: String) -> IngestError {
        IngestError(
            .missingTool,
            "The program \(name) is needed to read PDF files and is not installed. "
                + "Install the package poppler-utils.")
    }

    package static func extractorMissing(_ path: String, _ reason: String) -> IngestError {
        IngestError(.missingTool, "The extractor \(path) cannot be started (\(reason)). Install gepeto again.")
    }

    /// The extractor's folder could not be made.
    package static func noScratch(_ reason: String) -> IngestError {
        IngestError(
            .notPrepared,
            "The file could not be made ready for reading (\(reason)). Check the free space and the permissions of the "
                + "folder for temporary files (TMPDIR or /tmp), then try again.")
    }

    package static func noSandbox(_ reason: String) -> IngestError {
        IngestError(
            .notPrepared,
            "The file was not read, because its reader could not be confined (\(reason)). Run 'gepeto doctor'.")
    }

    package static let changedMeanwhile = IngestError(
        .changedMeanwhile, "The file changed while it was being read. Wait until it is saved and run ingest again.")

    package static func nothingToIngest(_ places: [String]) -> IngestError {
        IngestError(
            .nothingToIngest,
            "There is no document in \(places.joined(separator: ", ")). "
                + "Name a folder or files to read: \(formats).")
    }

    package static func tooManyFiles(_ limit: Int) -> IngestError {
        IngestError(.tooManyFiles, "There are more than \(limit) files. Ingest the folders inside one after another.")
    }

    package static func sameName(_ other: String) -> IngestError {
        IngestError(
            .sameName,
            "Another document of the course has the same name (\(other)). Rename one of them, "
                + "or put them into one folder and ingest that.")
    }

    package static func originalNotKept(_ reason: String) -> IngestError {
        IngestError(
            .originalNotKept,
            "The original could not be kept in the data folder (\(reason)). Check its free space and permissions.")
    }

    package static func selfCheckFailed(_ what: String) -> IngestError {
        IngestError(
            .selfCheckFailed,
            "The document did not pass its check (\(what)) and was not taken in; a former version of it stays. "
                + "Run ingest once more; if it fails again, report it.")
    }
}
