import AWS
import ChatService
import Support

/// A job as it stands in the table, but for its question's text, which stands in its conversation, and its terminal
/// event, which stands beside it.
struct JobItem {
    enum State: String { case waiting, leased, completed, failed, cancelled }

    /// What was accepted; nothing of it changes.
    private(set) var fixed: Item
    let id: String
    let kind: JobKind
    /// Empty once its owner was erased.
    var user: UserID
    let session: String
    let course: String
    let acceptedAt: Timestamp
    let deadline: Timestamp
    let redriveOf: String?

    var state = State.waiting
    var isParked = false
    /// When it may be leased, or its lease runs out.
    var due: Timestamp
    /// When somebody has to look at it, while it waits: its message may be lost.
    var look: Timestamp
    var token: String?
    var attempt = 0
    var tries = 0
    var failures: [String] = []
    var updatedAt: Timestamp
    /// The part of the backlog's counter that counts it.
    var room = 0
    /// Of the lease under which it ended.
    var endedBy: String?
    var toldSeq: Int64?
    var fate: QuestionFate?
    var diedAt: Timestamp?
    /// What it was about is deleted: it goes as soon as its end is told.
    var isErased = false
    var ttl: Timestamp?

    var isOpen: Bool { state == .waiting || state == .leased }
    var conversation: String { fixed.text("conversation") ?? "" }
    var message: String { fixed.text("message") ?? "" }
    var mode: AnswerMode { fixed.text("mode").flatMap(AnswerMode.init) ?? .answer }
    /// Whether whoever asked is of the course's staff.
    var isStaffs: Bool { fixed.flag("isStaff") }
    var documentID: String { fixed.text("document") ?? "" }
    var key: ItemKey { ChatKey.job(id) }

    func isHeld(by lease: Lease) -> Bool {
        state == .leased && token == lease.token && attempt == lease.attempt
    }

    /// A new one. What was given along stands in items of its own.
    init(_ job: Job, at steady: Timestamp) {
        var fixed: Item = [
            "id": .s(job.id), "kind": .s(job.kind.rawValue), "session": .s(job.sessionID), "trace": .s(job.traceID),
            "course": .s(job.course.name), "deadline": .n(String(job.deadline.milliseconds)),
            "acceptedAt": .n(String(job.acceptedAt.milliseconds)),
        ]
        fixed[text: "redriveOf"] = job.redriveOf
        fixed["sampled"] = job.isSampled.map(AttributeValue.bool)
        switch job.task {
        case .question(let question):
            fixed[text: "conversation"] = question.conversationID
            fixed[text: "message"] = question.messageID
            fixed[text: "mode"] = question.mode.rawValue
            fixed[text: "assignment"] = question.asker.assignment
            fixed[flag: "isStaff"] = question.asker.isStaff
            fixed[int: "given"] = question.given.map { GivenTurns.parts($0).count }
        case .document(let document):
            fixed[text: "document"] = document.documentID
            fixed[text: "name"] = document.name
            fixed[text: "hash"] = document.contentHash
            fixed[int: "bytes"] = document.byteCount
        }
        self.fixed = fixed
        (id, kind, user, session, course) = (job.id, job.kind, job.user, job.sessionID, job.course.name)
        (acceptedAt, deadline, redriveOf) = (job.acceptedAt, job.deadline, job.redriveOf)
        (due, look, updatedAt) = (steady, steady, job.acceptedAt)
    }

    /// - Throws: `CloudStoreError.unreadable`.
    init(_ item: Item) throws {
        fixed = item.filter { Self.fixedNames.contains($0.key) }
        id = try item.needed("id")
        kind = item.text("kind").flatMap(JobKind.init) ?? .question
        user = UserID(item.text("user") ?? "")
        session = try item.needed("session")
        course = item.text("course") ?? ""
        acceptedAt = try item.neededMoment("acceptedAt")
        deadline = try item.neededMoment("deadline")
        redriveOf = item.text("redriveOf")
        guard let state = item.text("state").flatMap(State.init) else { throw CloudStoreError.unreadable }
        self.state = state
        isParked = item.flag("isParked")
        due = try item.neededMoment("due")
        look = item.moment("look") ?? due
        token = item.text("token")
        attempt = item.int("attempt") ?? 0
        tries = item.int("tries") ?? 0
        failures = item.text("failures")?.split(separator: " ").map(String.init) ?? []
        updatedAt = item.moment("updatedAt") ?? acceptedAt
        room = item.int("room") ?? 0
        endedBy = item.text("endedBy")
        toldSeq = item.int64("toldSeq")
        fate = item.text("fate").flatMap(QuestionFate.init)
        diedAt = item.moment("diedAt")
        isErased = item.flag("isErased")
        ttl = item.int64("ttl").map { Timestamp(milliseconds: $0 * 1_000) }
    }

    private static let fixedNames: Set<String> = [
        "id", "kind", "session", "trace", "course", "deadline", "acceptedAt", "redriveOf", "conversation", "message",
        "mode", "assignment", "isStaff", "given", "document", "name", "hash", "bytes", "sampled",
    ]

    var item: Item {
        var item = fixed
        item[text: "user"] = user.name
        item[text: "state"] = state.rawValue
        item[flag: "isParked"] = isParked
        item[moment: "due"] = due
        item[moment: "look"] = look
        item[text: "token"] = token
        (item[int: "attempt"], item[int: "tries"], item[int: "room"]) = (attempt, tries, room)
        item[text: "failures"] = failures.isEmpty ? nil : failures.joined(separator: " ")
        item[moment: "updatedAt"] = updatedAt
        item[text: "endedBy"] = endedBy
        item["toldSeq"] = toldSeq.map { .n(String($0)) }
        item[text: "fate"] = fate?.rawValue
        item[moment: "diedAt"] = diedAt
        item[flag: "isErased"] = isErased
        let shard = ChatKey.shard(id, of: ChatKey.shards)
        if isOpen {
            item[text: "gpk"] = ChatKey.watch(shard)
            item[text: "gsk"] = ChatKey.text(nextLook, id)
        } else if toldSeq == nil {
            item[text: "gpk"] = ChatKey.tell(shard)
            item[text: "gsk"] = ChatKey.text(updatedAt, id)
        }
        return item.kept(until: ttl).at(key)
    }

    /// When an open job must be looked at: its deadline, a lease that runs out, a message that may be lost.
    private var nextLook: Timestamp {
        if isParked { return deadline }
        return min(deadline, max(due, look))
    }

    /// - Parameters:
    ///   - text: the question's; empty when its conversation is gone.
    /// - Throws: for a job that names no course: nobody could work on it.
    func job(text: String = "", given: [Turn]? = nil) throws -> Job { job(of: try CourseID(course), text, given) }

    /// The same for whoever only wants to see it.
    func listed(text: String = "", given: [Turn]? = nil) throws -> Job {
        job(of: try (try? CourseID(course)) ?? CourseID("unreadable"), text, given)
    }

    private func job(of course: CourseID, _ text: String, _ given: [Turn]?) -> Job {
        Job(
            id: id, user: user, sessionID: session, traceID: fixed.text("trace") ?? "", course: course,
            task: kind == .document ? .document(document) : .question(question(text, given)), acceptedAt: acceptedAt,
            deadline: deadline, redriveOf: redriveOf, isSampled: isSampled)
    }

    var document: UploadedDocument {
        UploadedDocument(
            documentID: documentID, name: fixed.text("name") ?? "", contentHash: fixed.text("hash") ?? "",
            byteCount: fixed.int("bytes") ?? 0)
    }

    private func question(_ text: String, _ given: [Turn]?) -> AskedQuestion {
        AskedQuestion(
            conversationID: conversation, messageID: message, mode: mode, text: text, given: given,
            asker: Asker(isStaff: fixed.flag("isStaff"), assignment: fixed.text("assignment")))
    }

    /// Items that hold what was given along; none when nothing was.
    var givenParts: Int { fixed.int("given") ?? 0 }

    var status: JobStatus {
        switch state {
        case .waiting: tries == 0 ? .queued : .retrying
        case .leased: .running
        case .completed: .completed
        case .failed: .failed
        case .cancelled: .cancelled
        }
    }

    var notice: JobMessage {
        JobMessage(job: id, kind: kind, traceID: fixed.text("trace") ?? "", isSampled: isSampled)
    }

    private var isSampled: Bool? { if case .bool(let flag)? = fixed["sampled"] { flag } else { nil } }
}

/// How a question fared, for the tally; a cancelled one by its state and age.
enum QuestionFate: String {
    case good, ungrounded, degraded, failed
    /// A greeting, or what the rules did not allow: says nothing of how questions fare.
    case aside
}

/// What a client sent along with its question, cut so that no item is larger than DynamoDB's 400 KB.
enum GivenTurns {
    private static let partSize = 300_000

    static func parts(_ turns: [Turn]) -> [[UInt8]] {
        let bytes = JSONText.bytes(turns)
        return stride(from: 0, to: bytes.count, by: partSize).map {
            Array(bytes[$0..<min($0 + partSize, bytes.count)])
        }
    }

    static func turns(_ parts: [[UInt8]]) throws -> [Turn] {
        try JSONText.decode([Turn].self, from: String(decoding: parts.joined(), as: UTF8.self))
    }
}
