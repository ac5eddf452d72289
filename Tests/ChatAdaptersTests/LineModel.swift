import ChatService
import Support

/// The line of jobs as a plain list: what `JobLine` and the queue must agree with.
struct LineModel {
    struct Question: Equatable {
        let id: String
        let user: String
        let conversation: String
        let deadline: Timestamp
        var isParked: Bool
        var due: Timestamp
        var isLeased = false
        var attempt = 0
        var tries = 0
    }

    var limits: JobLimits
    /// Open questions in the order of their acceptance.
    private(set) var open: [Question] = []

    func active(_ user: String) -> Int { open.count { $0.user == user && !$0.isParked } }

    mutating func accept(_ id: String, user: String, conversation: String, at now: Timestamp) {
        let waits = open.contains { $0.conversation == conversation } || active(user) >= limits.activePerUser
        open.append(
            Question(
                id: id, user: user, conversation: conversation, deadline: now + limits.deadline, isParked: waits,
                due: now))
    }

    /// The question that the next lease must be of.
    func next(at now: Timestamp) -> Question? {
        let due = open.enumerated().filter { _, question in
            !question.isParked && question.due <= now && question.deadline > now && question.tries < limits.tries
        }
        return due.min { ($0.element.due, $0.offset) < ($1.element.due, $1.offset) }?.element
    }

    mutating func lease(_ id: String, until due: Timestamp) {
        change(id) { question in
            question.isLeased = true
            question.attempt += 1
            question.tries += 1
            question.due = due
        }
    }

    func holds(_ lease: Lease) -> Bool {
        open.contains { $0.id == lease.job.id && $0.isLeased && $0.attempt == lease.attempt }
    }

    mutating func renew(_ id: String, until due: Timestamp) { change(id) { $0.due = due } }

    mutating func giveBack(_ id: String, due: Timestamp, countsTry: Bool) {
        change(id) { question in
            question.isLeased = false
            question.due = due
            if !countsTry { question.tries -= 1 }
        }
    }

    mutating func end(_ ids: [String], at now: Timestamp) {
        let users = Set(open.filter { ids.contains($0.id) }.map(\.user))
        open.removeAll { ids.contains($0.id) }
        for user in users {
            while active(user) < limits.activePerUser {
                let next = open.firstIndex { question in
                    question.user == user && question.isParked
                        && open.first { $0.conversation == question.conversation }?.id == question.id
                }
                guard let next else { break }
                open[next].isParked = false
                open[next].due = now
            }
        }
    }

    func overdue(at now: Timestamp) -> Set<String> {
        Set(
            open.filter { question in
                question.deadline <= now || (question.tries >= limits.tries && question.due <= now)
            }.map(\.id))
    }

    /// A process that begins: whoever had a lease is gone.
    mutating func reopen(at now: Timestamp) {
        for index in open.indices where open[index].isLeased {
            open[index].isLeased = false
            open[index].due = now
        }
    }

    private mutating func change(_ id: String, _ body: (inout Question) -> Void) {
        guard let index = open.firstIndex(where: { $0.id == id }) else { return }
        body(&open[index])
    }
}
