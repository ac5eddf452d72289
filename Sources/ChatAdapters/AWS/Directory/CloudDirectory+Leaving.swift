import AWS
import ChatService
import Support

/// How people leave courses, and courses people.
extension CloudDirectory {
    package func remove(_ user: UserID, from course: CourseID) async throws -> Bool {
        try await leave(user, course, keepsStaff: true)
    }

    private func leave(_ user: UserID, _ course: CourseID, keepsStaff: Bool) async throws -> Bool {
        // Who is gone when this is tried again left by this call, or at the same time.
        var wasMember = false
        return try await change { transaction in
            guard let member = try await transaction.member(user, of: course) else { return wasMember }
            wasMember = true
            var head = try await CourseHead(of: course, transaction)
            head.leave(member.role)
            guard !keepsStaff || member.role != .staff || head.staff > 0 else { throw MembershipError.lastStaff }
            member.delete(transaction)
            head.put(transaction)
            return true
        }
    }

    /// In steps: a course of fifty thousand takes a thousand. The members first; whoever calls it again goes on.
    package func removeAll(from course: CourseID) async throws {
        while try await removeSome(from: course) {}
        let partition = DirectoryKey.course(course)
        try await deleteAll(ItemQuery(partition, .begins(DirectoryKey.invitations))) { item in
            item.text("code").map { [DirectoryKey.code($0)] } ?? []
        }
        try await deleteAll(ItemQuery(partition, .begins(DirectoryKey.links))) { item in
            guard let context = item.text("context"), let platform = item.text("platform") else { return [] }
            return [DirectoryKey.context(context, platform)]
        }
        try await withdraw(course)
    }

    /// - Returns: whether there may be more.
    private func removeSome(from course: CourseID) async throws -> Bool {
        try await change(in: DirectoryKey.course(course)) { [table] transaction in
            // Before the list, so that whoever joins after it makes this one be tried again.
            var head = try await CourseHead(of: course, transaction)
            let places = try await table.first(
                Enrolling.most,
                ItemQuery(DirectoryKey.course(course), .begins(DirectoryKey.members)).first(Enrolling.most))
            guard !places.isEmpty else {
                if let maker = head.maker { transaction.delete(DirectoryKey.made(maker, course)) }
                transaction.delete(DirectoryKey.head(course))
                transaction.delete(DirectoryKey.invitationGate(course))
                return false
            }
            let users = places.compactMap { $0.text("user").map { UserID($0) } }
            try await transaction.read(users.map { DirectoryKey.member($0, course) })
            for place in places { transaction.delete(place.key) }
            for user in users {
                guard let member = try await transaction.member(user, of: course) else { continue }
                head.leave(member.role)
                member.delete(transaction)
            }
            head.put(transaction)
            return true
        }
    }

    /// Course by course; whoever calls it again goes on.
    package func removeAll(of user: UserID) async throws {
        let partition = DirectoryKey.user(user)
        while true {
            let found = try await table.first(Self.portion, ItemQuery(partition, .begins(DirectoryKey.courses)))
            if found.isEmpty { break }
            for item in found { _ = try await leave(user, try MemberItem(item).course, keepsStaff: false) }
        }
        while true {
            let found = try await table.first(Self.portion, ItemQuery(partition, .begins(DirectoryKey.made)))
            if found.isEmpty { break }
            for item in found {
                let course = try CourseID(try item.needed("course"))
                try await change { transaction in
                    var head = try await CourseHead(of: course, transaction)
                    transaction.delete(DirectoryKey.made(user, course))
                    guard head.maker == user else { return }
                    head.maker = nil
                    head.put(transaction)
                }
            }
        }
    }

    /// Items that are looked at together.
    private static let portion = 100
}
