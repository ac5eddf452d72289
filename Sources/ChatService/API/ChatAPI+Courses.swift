import Retrieval
import Support
import WebServer

extension ChatAPI {
    /// `GET /api/courses`: the caller's that can be opened. One that cannot is left out and logged, for it must not take the
    /// others from the students; 503 when there is no other.
    func courses(_ request: HTTPRequest, _ caller: Caller) async throws -> HTTPResponse {
        var courses: [CourseSummary] = []
        var failure: CourseUnavailable?
        let titles = try await ports.documents.directory.titles()
        for id in try await courseIDs(of: caller.principal) {
            do {
                if let course = try await look(into: id, { try await $0.course(id) }) {
                    courses.append(course.titled(titles[id]))
                }
            } catch let error as CourseUnavailable {
                ports.log.error("a course is left out of the list", error.metadata)
                failure = error
            }
        }
        if let failure, courses.isEmpty { throw failure }
        return .json(200, ["courses": courses])
    }

    /// `GET /api/courses/{course}`
    func course(_ request: HTTPRequest, _ caller: Caller) async throws -> HTTPResponse {
        let id = try courseID(request)
        guard let course = try await look(into: id, { try await $0.course(id) }) else {
            throw Problem.unknownCourse(nil)
        }
        return .json(200, course.titled(try await ports.documents.directory.titles()[id]))
    }

    /// `POST /api/courses`: an empty course, whose maker is its staff.
    func createCourse(_ request: HTTPRequest, _ caller: Caller) async throws -> HTTPResponse {
        let object = try await object(request)
        var fields = FieldReader(object)
        let named = fields.course("id")
        let title = object["title"].map { $0 != .null } == true ? fields.text("title", limit: Self.longestTitle) : nil
        try fields.check()
        guard let id = named else { throw Problem.invalid("/id", "'id' is required, for example 'algoritmos'.") }
        guard try await ports.documents.courses.makeCourse(id) else {
            throw Problem(
                409, "course_exists", "The course exists", "There is a course '\(id)' already; choose another id.",
                errors: [Problem.FieldError(pointer: "/id", detail: "There is a course of that name.")])
        }
        try await ports.memberships.enrol(
            maker: Enrolment(user: caller.user, name: caller.principal.name, role: .staff), of: id)
        if let title { try await ports.documents.directory.setTitle(title, of: id) }
        await audit("course.made", by: caller, in: id)
        ports.log.info("course made", ["course": id.name])
        var response = HTTPResponse.json(
            201, CourseSummary(id: id, title: title ?? id.name, documents: 0, chunks: 0))
        response.headers["location"] = "/api/courses/\(id)"
        return response
    }

    /// Characters of a course's title.
    static let longestTitle = 120

    /// `GET /api/courses/{course}/search?q=&k=`: ranked passages, no language model.
    func search(_ request: HTTPRequest, _ caller: Caller) async throws -> HTTPResponse {
        let id = try courseID(request)
        let query = try searchText(request)
        // Programs never tire; a person at the page does.
        if caller.principal.limitedTo != nil { try takeSearch(caller.user) }
        let limit = try number("k", in: 1...50, default: 8, request)
        guard let retriever = try await look(into: id, { try await $0.retriever(for: id) }) else {
            throw Problem.unknownCourse(nil)
        }
        let view = try await view(of: id, caller)
        try view.checkOpen()
        let found = try await retriever.without(view.hidden).search(query, limit: limit)
        let passages = zip(1..., found.passages).map {
            PassageView(
                $1, rank: $0, course: id, withParts: caller.isStaff, hidden: view.hiding(of: $1.documentID))
        }
        return .json(200, SearchView(course: id, query: query, passages: passages))
    }

    /// - Throws: `Problem` 400 for a name no course can have.
    func courseID(_ request: HTTPRequest) throws -> CourseID { try AccessControl.course(of: request) }

    /// What to search for: as long as a question may be, and no longer than fits into an address. Each byte beyond
    /// ASCII takes three there, so that text with many accents ends sooner, with the server's own 414.
    private func searchText(_ request: HTTPRequest) throws -> String {
        let text = (request.queryValue("q") ?? "").trimmed
        guard text.isLegible else { throw Problem.invalid("?q", "'q' is required: what to search for.") }
        guard text.unicodeScalars.count <= FieldReader.longestMessage else {
            throw Problem.invalid(
                "?q",
                """
                'q' is too long: at most \(FieldReader.longestMessage) characters are allowed, in an address of at most \
                \(ServerLimits().target) bytes.
                """)
        }
        return text
    }
}

extension CourseSummary {
    /// With the title that staff gave, if they did.
    fileprivate func titled(_ title: String?) -> CourseSummary {
        CourseSummary(id: id, title: title ?? self.title, documents: documents, chunks: chunks)
    }
}

struct SearchView: Encodable, Sendable {
    let course: CourseID
    let query: String
    let passages: [PassageView]
}

/// A passage as clients see it.
struct PassageView: Encodable, Sendable {
    /// From 1.
    let rank: Int
    let documentId: String
    let title: String
    /// The first and the last page, from 1; absent where the format has no pages.
    let page: Int?
    let lastPage: Int?
    /// `slide` where pages are called so.
    let pageUnit: PageUnit?
    let section: String?
    /// Cells, times or lines, for formats that have such.
    let place: String?
    /// True when the text was recognised from a picture; absent else.
    let ocr: Bool?
    /// Where the original can be read.
    let url: String
    let text: String
    /// Comparable within one search only.
    let score: Double
    /// Cosine with the query.
    let similarity: Double?
    /// For staff: what the score is made of.
    let parts: ScoreParts?
    /// Why students do not see it; for staff, absent else.
    let hidden: CourseView.Hiding?

    init(
        _ passage: Passage, rank: Int, course: CourseID, withParts: Bool = false, hidden: CourseView.Hiding? = nil
    ) {
        self.hidden = hidden
        self.rank = rank
        documentId = passage.documentID
        title = passage.documentTitle
        page = passage.pages?.lowerBound
        lastPage = passage.pages?.upperBound
        pageUnit = passage.pages.map { _ in passage.pageUnit }
        place = passage.place
        ocr = passage.recognised ? true : nil
        url = ContentAddress.of(passage, in: course)
        section = passage.section.isEmpty ? nil : passage.section.joined(separator: " › ")
        text = passage.text
        score = passage.score
        similarity = passage.similarity
        parts = withParts ? passage.parts : nil
    }
}
