import AWS
import ChatService
import Support

extension CloudDirectory: Invitations {
    /// Invitations of a course that one more makes room of: two items each.
    private static let mostCleared = 40
    /// What a course may have that are not good any more, beside those that are.
    private static let mostLooked = 1_000

    package func add(_ invitation: Invitation, codeHash: String) async throws {
        try await change { transaction in
            let key = DirectoryKey.invitation(invitation.id, invitation.course)
            // Ours, when an answer of the table was lost.
            if transaction.attempt > 0, try await transaction.item(key) != nil { return }
            let gate = DirectoryKey.invitationGate(invitation.course)
            _ = try await transaction.item(gate)
            let known = try await self.items(of: invitation.course)
            let good = known.filter { $0.isGood(invitation.createdAt) }
            guard good.count < Invitation.most else { throw InvitationError.tooMany }
            for past in known.filter({ !$0.isGood(invitation.createdAt) }).prefix(Self.mostCleared) {
                past.delete(transaction)
            }
            InvitationItem(invitation, codeHash: codeHash).put(transaction)
            transaction.put(
                (["id": .s(invitation.id), "course": .s(invitation.course.name)] as Item)
                    .kept(until: invitation.expiresAt), at: DirectoryKey.code(codeHash))
            transaction.put([:], at: gate)
        }
    }

    package func invitations(of course: CourseID) async throws -> [Invitation] {
        let now = time.now
        return try await items(of: course).filter { $0.isGood(now) }.map(\.invitation)
            .sorted { ($0.createdAt, $0.id) > ($1.createdAt, $1.id) }.prefix(Invitation.most).map { $0 }
    }

    package func remove(_ id: String, from course: CourseID) async throws -> Bool {
        var wasThere = false
        return try await change { transaction in
            guard let item = try await transaction.item(DirectoryKey.invitation(id, course)) else { return wasThere }
            wasThere = true
            try InvitationItem(item).delete(transaction)
            return true
        }
    }

    package func invitation(codeHash: String) async throws -> Invitation? {
        let trial = CloudTransaction(table, attempt: 0, time: time)
        return try await Self.good(codeHash, trial)?.invitation
    }

    package func accept(codeHash: String, user: UserID, name: String?) async throws -> Invitation? {
        guard let course = try await table.item(DirectoryKey.code(codeHash))?.text("course") else { return nil }
        // A class that joins at once takes turns.
        return try await change(in: DirectoryKey.course(try CourseID(course))) { transaction in
            guard var item = try await Self.good(codeHash, transaction) else { return nil }
            let invitation = item.invitation
            let known = try await transaction.member(user, of: invitation.course)
            // Also ours, when an answer of the table was lost.
            if let known, known.role == .staff || known.role == invitation.role { return invitation }
            _ = try await Enrolling(transaction: transaction, course: invitation.course, now: transaction.now).enrol(
                [Enrolment(user: user, name: name, role: invitation.role)], keepsStaff: false)
            item.usesLeft -= 1
            item.put(transaction)
            return invitation
        }
    }

    private static func good(_ codeHash: String, _ transaction: CloudTransaction) async throws -> InvitationItem? {
        guard let code = try await transaction.item(DirectoryKey.code(codeHash)),
            let item = try await transaction.item(
                DirectoryKey.invitation(try code.needed("id"), try CourseID(try code.needed("course"))))
        else { return nil }
        let found = try InvitationItem(item)
        return found.isGood(transaction.now) ? found : nil
    }

    private func items(of course: CourseID) async throws -> [InvitationItem] {
        try await table.first(
            Self.mostLooked, ItemQuery(DirectoryKey.course(course), .begins(DirectoryKey.invitations))
        ).map(InvitationItem.init)
    }
}

/// An invitation as it stands with its course; its code's hash leads to it.
struct InvitationItem {
    private let fixed: Item
    private let codeHash: String
    private let made: Invitation
    var usesLeft: Int

    init(_ invitation: Invitation, codeHash: String) {
        (made, self.codeHash, usesLeft) = (invitation, codeHash, invitation.usesLeft)
        var item: Item = [
            "id": .s(invitation.id), "course": .s(invitation.course.name), "role": .s(invitation.role.rawValue),
            "code": .s(codeHash), "createdAt": .n(String(invitation.createdAt.milliseconds)),
            "expiresAt": .n(String(invitation.expiresAt.milliseconds)),
        ]
        item.note(invitation.madeBy, "INV#\(invitation.id)")
        fixed = item.kept(until: invitation.expiresAt)
    }

    /// - Throws: for an item that this program did not write.
    init(_ item: Item) throws {
        fixed = item
        codeHash = try item.needed("code")
        usesLeft = item.int("uses") ?? 0
        guard let role = item.text("role").flatMap(CourseRole.init(rawValue:)), let maker = item.actor else {
            throw CloudStoreError.unreadable
        }
        made = Invitation(
            id: try item.needed("id"), course: try CourseID(try item.needed("course")), role: role,
            usesLeft: usesLeft, madeBy: maker, createdAt: try item.neededMoment("createdAt"),
            expiresAt: try item.neededMoment("expiresAt"))
    }

    /// As it was read.
    var invitation: Invitation { made }

    func isGood(_ now: Timestamp) -> Bool { made.expiresAt > now && usesLeft > 0 }

    func put(_ transaction: CloudTransaction) {
        var item = fixed
        item[int: "uses"] = usesLeft
        transaction.put(item, at: DirectoryKey.invitation(made.id, made.course))
    }

    func delete(_ transaction: CloudTransaction) {
        transaction.delete(DirectoryKey.invitation(made.id, made.course))
        transaction.delete(DirectoryKey.code(codeHash))
    }
}
