import CourseStore

/// What became of one file.
package struct FileReport: Codable, Sendable, Equatable {
    package enum Outcome: String, Codable, Sendable, CaseIterable {
        case added, replaced, unchanged
        /// The file has another name than before; its document took that name along.
        case renamed
        /// The course has the same content under another name; nothing was stored.
        case duplicate
        case failed
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
    /// Of a duplicate, the document that holds its content; of a renamed file, its former name. Nil otherwise.
    package var sameAs: String?
    /// What was found when the content was taken in, in this run or before; nil when it is not in the course.
    package var document: DocumentReport?

    init(_ completed: DocumentCompletion.Completed, path: String, seconds: Double) {
        let report = completed.report
        var isNew = false
        self.path = path
        switch completed.outcome {
        case .added: (outcome, isNew) = (.added, true)
        case .replaced: (outcome, isNew) = (.replaced, true)
        case .unchanged: outcome = .unchanged
        case .renamed(let former): (outcome, sameAs) = (.renamed, former)
        case .duplicate(let other): (outcome, sameAs) = (.duplicate, other.path)
        }
        (reason, reasonLabel) = (nil, nil)
        pages = report.pages
        emptyPages = report.emptyPages
        chunks = isNew ? report.chunks : 0
        characters = report.characters
        warnings = report.warnings
        self.seconds = isNew ? report.seconds : seconds
        document = report
    }

    private init(path: String, outcome: Outcome, reason: String, reasonLabel: String?, seconds: Double) {
        self.path = path
        self.outcome = outcome
        self.reason = reason
        self.reasonLabel = reasonLabel
        pages = nil
        emptyPages = []
        chunks = 0
        characters = 0
        warnings = []
        self.seconds = seconds
    }

    static func skipped(_ path: String) -> FileReport {
        FileReport(
            path: path, outcome: .skipped, reason: "It holds data or settings of a program, not a document.",
            reasonLabel: nil, seconds: 0)
    }

    static func failed(_ path: String, _ label: String, _ reason: String, seconds: Double = 0) -> FileReport {
        FileReport(path: path, outcome: .failed, reason: reason, reasonLabel: label, seconds: seconds)
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
