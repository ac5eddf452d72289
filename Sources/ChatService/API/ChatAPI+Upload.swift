import Support
import WebServer

extension ChatAPI {
    /// Room for the boundaries and small fields of a multipart body around the largest file.
    static let uploadLimit = DocumentDesk.largest + (1 << 20)
    /// Bytes of a form field beside the file.
    private static let longestField = 4 << 10

    /// `POST /api/courses/{course}/documents`: a file as the body, named by `Content-Disposition`, or one part of a form.
    ///
    /// Bound by how fast the body arrives, not by the deadline of requests.
    func upload(_ request: HTTPRequest, _ caller: Caller) async throws -> HTTPResponse {
        // All that can be refused is refused before the body: a client that waits for `100 Continue` never sends it.
        let course = try courseID(request)
        let folder = request.queryValue("folder") ?? ""
        let session = try await ownSession(request.queryValue("sessionId"), caller.user)
        let key = try idempotencyKey(request)
        let said = try UploadRule.read { request.queryValue($0) }
        guard try await look(into: course, { try await $0.course(course) }) != nil else {
            throw Problem(
                404, "unknown_course", "Unknown course",
                "There is no course '\(course)'; make it with POST /api/courses {\"id\": \"\(course)\"}, then send the file."
            )
        }
        if let length = request.headers["content-length"].flatMap({ Int($0) }), length > Self.uploadLimit {
            throw UploadError.tooLarge(limit: DocumentDesk.largest)
        }
        // What the file says is known only at its end, so a repeat waits whatever it carries.
        let hold = try key.map { try keys.enter($0, of: caller.user) }
        defer { hold?.leave() }
        return try await ports.documents.receive { spool in
            let form = HeaderParameters(request.headers["content-type"] ?? "").value == "multipart/form-data"
            var said = said
            let place: (file: String, folder: String)
            if form {
                let parts = try await receiveForm(request, folder, spool)
                place = (parts.file, parts.folder)
                said = try UploadRule.read { parts.fields[$0] ?? request.queryValue($0) }
            } else {
                place = try await receiveBody(request, folder, spool)
            }
            guard let name = try DocumentName.make(file: place.file, folder: place.folder) else {
                throw Self.noFileName
            }
            let outcome = try await ports.documents.take(
                try await spool.finish(), as: name, in: course, for: caller.user, sessionID: session,
                traceID: TraceContext.traceID(request), key: key
            ) { [said] in try await keep(said, for: $0, in: course, caller) }
            return try await response(to: outcome, in: course)
        }
    }

    /// What is refused after that is hidden all the same.
    private func keep(_ said: UploadRule, for document: String, in course: CourseID, _ caller: Caller) async throws {
        let rules = DocumentRules(ports.gate.policies, time: ports.time)
        let courses = ports.documents.courses
        let set = try await rules.keep(said, for: document, of: course, by: caller.user) {
            try await courses.document(document, of: course) == nil
        }
        guard let set else { return }
        await audit(
            "policies.changed", by: caller, in: course, subject: document, details: ["version": "\(set.version)"])
    }

    func response(to outcome: DocumentDesk.Outcome, in course: CourseID) async throws -> HTTPResponse {
        switch outcome {
        case .accepted(let accepted):
            let view = try await ports.gate.view(of: course, isStaff: true)
            return Self.receipt(accepted, in: course, hidden: view.hiding(of: accepted.document.documentID))
        case .known(let document, let name): return .json(200, KnownDocumentView(document, as: name, in: course))
        }
    }

    static func receipt(
        _ accepted: AcceptedDocument, in course: CourseID, hidden: CourseView.Hiding? = nil
    ) -> HTTPResponse {
        var response = HTTPResponse.json(202, AcceptedDocumentView(accepted, in: course, hidden: hidden))
        response.headers["location"] = "/api/courses/\(course)/documents/\(accepted.document.documentID)"
        return response
    }

    /// The session that shall be told, if one was named.
    /// - Throws: `IntakeError.unknownSession`.
    func ownSession(_ id: String?, _ user: UserID) async throws -> String? {
        guard let id, !id.isEmpty else { return nil }
        guard try await ports.sessions.owner(ofSession: id) == user else { throw IntakeError.unknownSession }
        return id
    }

    private func receiveBody(
        _ request: HTTPRequest, _ folder: String, _ spool: UploadSpool
    ) async throws -> (file: String, folder: String) {
        guard let name = request.headers["content-disposition"].flatMap({ HeaderParameters($0).fileName }),
            try DocumentName.make(file: name, folder: folder) != nil
        else { throw Self.noFileName }
        for try await piece in request.body { try await spool.write(piece) }
        return (name, folder)
    }

    /// The one file of a form; its fields count as the parameters of the address do.
    private func receiveForm(
        _ request: HTTPRequest, _ folder: String, _ spool: UploadSpool
    ) async throws -> (file: String, folder: String, fields: [String: String]) {
        var decoder = try MultipartDecoder(contentType: request.headers["content-type"] ?? "")
        var place = FormPlace(folder: folder)
        for try await piece in request.body {
            for event in try decoder.decode(piece) {
                switch event {
                case .part(let fields): try place.begin(fields)
                case .data(let bytes) where place.isInFile: try await spool.write(bytes)
                case .data(let bytes): try place.add(bytes)
                case .partEnd: place.end()
                }
            }
        }
        guard decoder.isComplete else {
            throw Problem(
                400, "incomplete_form", "Cut off", "The multipart body ends before its last boundary; send it again.")
        }
        guard let file = place.file else { throw Self.noFileName }
        return (file, place.folder, place.fields)
    }

    /// Where the decoder stands in a form.
    private struct FormPlace {
        private(set) var file: String?
        private(set) var folder: String
        /// Of `UploadRule`.
        private(set) var fields: [String: String] = [:]
        private(set) var isInFile = false
        private var field: String?
        private var value: [UInt8] = []

        init(folder: String) { self.folder = folder }

        mutating func begin(_ fields: HTTPFields) throws {
            let disposition = HeaderParameters(fields["content-disposition"] ?? "")
            (field, value) = (disposition["name"], [])
            guard let name = disposition.fileName, !name.isEmpty else { return }
            guard file == nil else {
                throw Problem(
                    400, "several_files", "Several files", "Send one file a request; nothing of this one was stored.")
            }
            guard try DocumentName.make(file: name, folder: "") != nil else { throw ChatAPI.noFileName }
            file = name
            isInFile = true
        }

        mutating func add(_ bytes: [UInt8]) throws {
            guard let field, field == "folder" || UploadRule.names.contains(field) else { return }
            guard value.count + bytes.count <= ChatAPI.longestField else {
                throw Problem.invalid(field, "The field '\(field)' is too long.")
            }
            value += bytes
        }

        mutating func end() {
            if !isInFile, let field {
                let text = String(decoding: value, as: UTF8.self)
                if field == "folder", folder.isEmpty { folder = text }
                if UploadRule.names.contains(field) { fields[field] = text }
            }
            isInFile = false
        }
    }

    private static let noFileName = Problem(
        400, "no_file_name", "No file name",
        "Name the file: send it as the body with 'Content-Disposition: attachment; filename=\"aula.pdf\"', or as a part with "
            + "a file name of a multipart/form-data form.",
        errors: [Problem.FieldError(pointer: "Content-Disposition", detail: "A file name is required.")])
}

/// The body of the 202 to an upload.
struct AcceptedDocumentView: Encodable, Sendable {
    let documentId: String
    let jobId: String
    let sessionId: String
    let traceId: String
    let course: CourseID
    let name: String
    var status = DocumentStage.queued
    /// Seconds since 1970.
    let timestamp: Int64
    /// Why students will not see it; absent when they will.
    let hidden: CourseView.Hiding?

    init(_ accepted: AcceptedDocument, in course: CourseID, hidden: CourseView.Hiding? = nil) {
        self.hidden = hidden
        documentId = accepted.document.documentID
        jobId = accepted.jobID
        sessionId = accepted.sessionID
        traceId = accepted.traceID
        self.course = course
        name = accepted.document.name
        timestamp = accepted.acceptedAt.seconds
    }
}

/// The body of the 200 to an upload whose content the course has under another name.
struct KnownDocumentView: Encodable, Sendable {
    struct Known: Encodable, Sendable {
        let documentId: String
        let name: String
    }

    /// Of the document that the course has.
    let documentId: String
    let course: CourseID
    /// As it was sent.
    let name: String
    var status = "duplicate"
    let duplicateOf: Known
    let detail: String

    init(_ document: StoredDocument, as name: String, in course: CourseID) {
        documentId = document.id
        self.course = course
        self.name = name
        duplicateOf = Known(documentId: document.id, name: document.name)
        detail = "The course has this content already as '\(document.name)'; nothing was stored."
    }
}
