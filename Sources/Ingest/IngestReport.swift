/// What became of one file.
package struct FileReport: Codable, Sendable, Equatable {
    package enum Outcome: String, Codable, Sendable, CaseIterable {
        case added, replaced, unchanged, failed
        /// Data and settings of programs beside the documents of a folder: named, so that nothing is left out in
        /// silence, but no failure. Named on the command line, such a file fails like any other that is not read.
        case skipped
    }

    /// The document's name in the course.
    package let path: String
    package let outcome: Outcome
    /// Why it failed and what to do; nil otherwise.
    package let reason: String?
    /// The closed name of the reason, for programs.
    package let reasonLabel: String?
    /// nil for formats without pages.
    package let pages: Int?
    /// Pages (from 1) without text.
    package let emptyPages: [Int]
    package let chunks: Int
    package let characters: Int
    package let warnings: [String]
    /// From the first look at the file to its last check.
    package let seconds: Double

    static func skipped(_ path: String) -> FileReport {
        FileReport(
            path: path, outcome: .skipped, reason: "It holds data or settings of a program, not a document.",
            reasonLabel: nil, pages: nil, emptyPages: [], chunks: 0, characters: 0, warnings: [], seconds: 0)
    }

    static func failed(_ path: String, _ label: String, _ reason: String, seconds: Double = 0) -> FileReport {
        FileReport(
            path: path, outcome: .failed, reason: reason, reasonLabel: label, pages: nil, emptyPages: [], chunks: 0,
            characters: 0, warnings: [], seconds: seconds)
    }
}

/// What a run of `Ingester` did, file by file, in the order in which the files were taken.
package struct IngestReport: Codable, Sendable, Equatable {
    package let files: [FileReport]
    /// Documents of the course that are gone from the folders of this run, by name.
    package let vanished: [String]
    /// Documents of which nothing is known, since their folder could not be read; they stay in the course.
    package let unseen: [String]
    /// Those of `vanished` that were taken out of the course.
    package let removed: [String]
    package let seconds: Double

    package func count(_ outcome: FileReport.Outcome) -> Int { files.count { $0.outcome == outcome } }

    /// Chunks that were made in this run.
    package var chunks: Int { files.reduce(0) { $0 + $1.chunks } }
}
