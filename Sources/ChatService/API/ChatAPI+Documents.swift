import Support
import WebServer

extension ChatAPI {
    /// `GET /api/courses/{course}/documents`: by name, a page at a time.
    func documents(_ request: HTTPRequest, _ caller: Caller) async throws -> HTTPResponse {
        let course = try courseID(request)
        let limit = try number("limit", in: 1...1_000, default: 200, request)
        let cursor = try cursor(request)
        guard let all = try await ports.documents.list(course) else { throw Problem.unknownCourse(nil) }
        // Behind the document that was seen last; where that was, when it is gone meanwhile.
        let from =
            cursor.map { cursor in
                all.firstIndex { $0.id == cursor.id }.map { $0 + 1 } ?? Int(clamping: cursor.order)
            } ?? 0
        let page = all.dropFirst(from).prefix(limit)
        let last = from + page.count < all.count ? page.last : nil
        let next = last.map { PageCursor(order: Int64(from + page.count), id: $0.id) }
        let view = try await ports.gate.view(of: course, isStaff: true)
        let documents = page.map { DocumentView($0, in: course, hidden: view.hiding(of: $0.id)) }
        return .json(200, DocumentsView(documents: documents, total: all.count, nextCursor: next?.text))
    }

    /// `GET /api/courses/{course}/documents/{id}`: what is known of one, with what ingestion found.
    func document(_ request: HTTPRequest, _ caller: Caller) async throws -> HTTPResponse {
        let course = try courseID(request)
        let found = try await document(request, in: course)
        let rules = try await ports.gate.view(of: course, isStaff: true)
        var view = DocumentView(found, in: course, hidden: rules.hiding(of: found.id))
        let report = try await ports.documents.courses.report(on: found.id, of: course).map(AnyView.init)
        if view.live == nil {
            view.warnings = found.stored?.warnings
            view.report = report
        } else {
            view.live?.warnings = found.stored?.warnings
            view.live?.report = report
        }
        return .json(200, view)
    }

    /// `DELETE /api/courses/{course}/documents/{id}`: of a document with an upload beside the version that students see
    /// only the upload, unless `?version=all` is said.
    func deleteDocument(_ request: HTTPRequest, _ caller: Caller) async throws -> HTTPResponse {
        let course = try courseID(request)
        let version = request.queryValue("version")
        guard version == nil || version == "all" else {
            throw Problem.invalid("?version", "'version' can only be 'all'; leave it out to discard an upload alone.")
        }
        let id = parameter("id", request)
        guard try await ports.documents.delete(id, from: course, wholly: version == "all") else {
            throw Problem.unknown("document")
        }
        await audit("document.deleted", by: caller, in: course, subject: id)
        return HTTPResponse(status: 204)
    }

    /// `POST /api/courses/{course}/documents/{id}/retry`: of one that failed.
    func retryDocument(_ request: HTTPRequest, _ caller: Caller) async throws -> HTTPResponse {
        let course = try courseID(request)
        let found = try await document(request, in: course)
        let accepted = try await ports.documents.documents.retry(
            document: found.id, in: course, user: caller.user, sessionID: request.queryValue("sessionId"),
            traceID: TraceContext.traceID(request))
        guard let accepted else {
            throw Problem(
                409, "not_failed", "Nothing to retry",
                "Only a document that failed can be retried; this one is '\(found.stage.rawValue)'.")
        }
        RequestTrace.current?.accepted(job: accepted.jobID, traceID: accepted.traceID)
        ports.metrics.acceptedDocument()
        return Self.receipt(accepted, in: course)
    }

    private func document(_ request: HTTPRequest, in course: CourseID) async throws -> CourseDocument {
        guard let found = try await ports.documents.find(parameter("id", request), in: course) else {
            throw Problem.unknown("document")
        }
        return found
    }
}

/// A document as staff see it; times in seconds since 1970.
struct DocumentView: Encodable, Sendable {
    let documentId: String
    let course: CourseID
    let name: String
    let state: DocumentStage
    /// With `failed` only: the closed name of the reason, and the sentence for the teacher.
    let label: String?
    let reason: String?
    /// While the upload is open, and after it failed.
    let jobId: String?
    let bytes: Int
    let updatedAt: Int64
    /// Of a ready document only; absent while an upload of it is open or failed.
    let title: String?
    let mediaType: String?
    let pages: Int?
    let chunks: Int?
    let warningCount: Int?
    /// Where the original can be read: of the version that students see, where there is one.
    let url: String
    /// Why students do not see it; absent when they do.
    let hidden: CourseView.Hiding?
    /// While an upload is open or failed: the former version, which students still see; absent when there is none.
    var live: LiveView?
    /// With a single document only.
    var warnings: [String]?
    var report: AnyView?

    init(_ document: CourseDocument, in course: CourseID, hidden: CourseView.Hiding? = nil) {
        self.hidden = hidden
        let (pending, stored) = (document.pending, document.stored)
        documentId = document.id
        self.course = course
        name = document.name
        state = document.stage
        label = pending?.label
        reason = pending?.reason
        jobId = pending?.jobID
        bytes = pending?.document.byteCount ?? stored?.byteCount ?? 0
        updatedAt = (pending?.updatedAt ?? stored?.ingestedAt ?? Timestamp(milliseconds: 0)).seconds
        let ready = pending == nil ? stored : nil
        title = ready?.title
        mediaType = ready?.mediaType
        pages = ready?.pages
        chunks = ready?.chunks
        warningCount = ready?.warnings.count
        live = pending == nil ? nil : stored.map(LiveView.init)
        url = ContentAddress.path(course: course, document: document.id)
    }
}

/// The version of a document that students see while a newer upload of it is open or failed.
struct LiveView: Encodable, Sendable {
    let contentHash: String
    let title: String
    let pages: Int?
    let chunks: Int
    /// Seconds since 1970.
    let ingestedAt: Int64
    /// With a single document only.
    var warnings: [String]?
    var report: AnyView?

    init(_ document: StoredDocument) {
        contentHash = document.contentHash
        title = document.title
        pages = document.pages
        chunks = document.chunks
        ingestedAt = document.ingestedAt.seconds
    }
}

struct DocumentsView: Encodable, Sendable {
    let documents: [DocumentView]
    /// Of the whole course.
    let total: Int
    /// Absent on the last page.
    let nextCursor: String?
}

/// What another room says in its own form.
struct AnyView: Encodable, Sendable {
    private let value: any Encodable & Sendable

    init(_ value: any Encodable & Sendable) { self.value = value }

    func encode(to encoder: any Encoder) throws { try value.encode(to: encoder) }
}
