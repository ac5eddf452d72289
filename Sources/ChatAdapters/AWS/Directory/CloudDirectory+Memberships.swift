import AWS
import ChatService
import Support

extension CloudDirectory: Memberships {
    package func role(of user: UserID, in course: CourseID) async throws -> CourseRole? {
        try await table.item(DirectoryKey.member(user, course)).map(MemberItem.init)?.role
    }

    package func courses(of user: UserID) async throws -> [CourseID: CourseRole] {
        let found = try await table.first(
            Membership.mostCourses, ItemQuery(DirectoryKey.user(user), .begins(DirectoryKey.courses)))
        return Dictionary(try found.map(MemberItem.init).map { ($0.course, $0.role) }) { $1 }
    }

    package func member(_ user: UserID, of course: CourseID) async throws -> Member? {
        try await table.item(DirectoryKey.member(user, course)).map(MemberItem.init)?.member
    }

    package func members(of course: CourseID, after cursor: PageCursor?, limit: Int) async throws -> Page<Member> {
        let from = DirectoryKey.members + ChatKey.padded((cursor?.order ?? 0) + 1)
        let places = try await table.first(
            limit + 1,
            ItemQuery(DirectoryKey.course(course), .between(from, DirectoryKey.members + "~")).first(limit + 1))
        let keys = places.prefix(limit).compactMap { place in
            place.text("user").map { DirectoryKey.member(UserID($0), course) }
        }
        let found = try await table.all(keys)
        // Whoever left between the two reads is not in the second.
        return Page(
            items: try keys.compactMap { try found[$0].map(MemberItem.init)?.member },
            next: places.count > limit ? places.prefix(limit).last.flatMap(Self.number) : nil)
    }

    /// The number at the end of a place in a list.
    static func number(_ item: Item) -> PageCursor? {
        item.key.sk.split(separator: "#").last.flatMap { Int64($0) }.map { PageCursor(order: $0) }
    }

    /// All of it or nothing up to `Enrolling.most`. More go in steps of so many, after a look whether the whole is allowed;
    /// whoever is told of an error then says it again, and what was done already is unchanged.
    package func enrol(_ members: [Enrolment], in course: CourseID) async throws -> EnrolmentOutcome {
        let last = Dictionary(members.enumerated().map { ($1.user, $0) }) { $1 }
        var people = members.enumerated().filter { last[$1.user] == $0 }.map(\.element)
        let keepsStaff = !members.contains(where: \.isFinal)
        let now = time.now
        if people.count > Enrolling.most {
            // Never committed.
            let trial = CloudTransaction(table, attempt: 0, time: time)
            _ = try await Enrolling(transaction: trial, course: course, now: now).enrol(people, keepsStaff: keepsStaff)
            // Who becomes staff comes before who is no longer, so that no step leaves the course without.
            people = people.filter { $0.role == .staff } + people.filter { $0.role != .staff }
        }
        var outcome = EnrolmentOutcome()
        for start in stride(from: 0, to: people.count, by: Enrolling.most) {
            let step = Array(people[start..<min(start + Enrolling.most, people.count)])
            let done = try await change(in: DirectoryKey.course(course)) { transaction in
                try await Enrolling(transaction: transaction, course: course, now: now).enrol(
                    step, keepsStaff: keepsStaff)
            }
            outcome.added += done.added
            outcome.changed += done.changed
            outcome.unchanged += done.unchanged
        }
        return outcome
    }

    package func enrol(maker: Enrolment, of course: CourseID) async throws {
        let now = time.now
        try await change(in: DirectoryKey.course(course)) { transaction in
            _ = try await Enrolling(transaction: transaction, course: course, now: now).enrol(
                [maker], keepsStaff: false)
            var head = try await CourseHead(of: course, transaction)
            guard head.maker != maker.user else { return }
            if let former = head.maker { transaction.delete(DirectoryKey.made(former, course)) }
            head.maker = maker.user
            transaction.put(["course": .s(course.name)], at: DirectoryKey.made(maker.user, course))
            head.put(transaction)
        }
    }

    package func maker(of course: CourseID) async throws -> UserID? {
        CourseHead(of: course, try await table.item(DirectoryKey.head(course))).maker
    }
}
