import Ingest
import Support

/// The originals of all courses, each kept as long as some document needs it.
///
/// Keeping one and letting one go wait for each other, so that none is removed between its arrival and the moment when
/// its document is known.
package struct OriginalShelf: Sendable {
    package let store: OriginalStore
    private let documents: any DocumentIntake
    private let courses: any CourseDocuments
    private let turnstile = Turnstile()
    private let queue = BlockingQueue(label: "originals")
    private let log: Log

    package init(
        store: OriginalStore, documents: any DocumentIntake, courses: any CourseDocuments, log: Log
    ) {
        self.store = store
        self.documents = documents
        self.courses = courses
        self.log = log
    }

    /// Makes a file that arrived whole an original, then runs `accept`, which makes its document known.
    func keep<Value: Sendable>(
        _ upload: UploadSpool.Whole, then accept: @Sendable () async throws -> Value
    ) async throws -> Value {
        try await turnstile.pass {
            try await queue.run { [store] in try store.adopt(temporaryFile: upload.path, hash: upload.hash) }
            return try await accept()
        }
    }

    /// Removes an original that no document of any course has, and that no upload waits for. A failure is only logged:
    /// what is left over takes space, and nothing else.
    func dropIfUnused(_ hash: String) async {
        do {
            try await turnstile.pass {
                guard try await !documents.needs(original: hash), try await !courses.holdsAnywhere(hash: hash) else {
                    return
                }
                try await queue.run { [store] in try store.remove(hash) }
            }
        } catch {
            log.warning("an original is left over", ["error": error.label])
        }
    }
}
