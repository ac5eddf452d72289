import ChatService
import Support

/// Who joins a course, or becomes something else in it, within one transaction.
struct Enrolling {
    /// People of one transaction: two items each, the course's, and what else the caller writes.
    static let most = 45

    let transaction: CloudTransaction
    let course: CourseID
    let now: Timestamp

    /// - Parameters:
    ///   - people: each once.
    ///   - keepsStaff: whether a course that has staff must have some afterwards.
    /// - Throws: `MembershipError`.
    func enrol(_ people: [Enrolment], keepsStaff: Bool) async throws -> EnrolmentOutcome {
        var outcome = EnrolmentOutcome()
        try await transaction.read(people.map { DirectoryKey.member($0.user, course) })
        var changes: [(person: Enrolment, known: MemberItem?)] = []
        for person in people {
            let known = try await transaction.member(person.user, of: course)
            if let known, known.role == person.role, person.name == nil || person.name == known.name {
                outcome.unchanged += 1
            } else {
                changes.append((person, known))
            }
        }
        // A platform says the same at each launch: that must not wait for others of the course.
        guard !changes.isEmpty else { return outcome }
        var head = try await CourseHead(of: course, transaction)
        let had = head.staff > 0
        for (person, known) in changes {
            guard var member = known else {
                let member = MemberItem(person, of: course, number: head.enter(person.role), at: now)
                member.put(transaction)
                transaction.put(["user": .s(person.user.name)], at: member.place)
                outcome.added.append(person.user)
                continue
            }
            head.change(member.role, to: person.role)
            (member.role, member.name) = (person.role, person.name ?? member.name)
            member.put(transaction)
            outcome.changed.append(person.user)
        }
        guard outcome.added.isEmpty || head.members <= Membership.mostMembers else { throw MembershipError.courseFull }
        guard !keepsStaff || !had || head.staff > 0 else { throw MembershipError.lastStaff }
        head.put(transaction)
        return outcome
    }
}
