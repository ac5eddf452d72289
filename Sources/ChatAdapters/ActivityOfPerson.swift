import ChatService
import Support

/// What the directory keeps of a person beside account, memberships and API tokens, for their export; `Accounts` and
/// `AuditTrail` take it away with them.
package struct ActivityOfPerson: PersonalData {
    /// Entries of each kind, the newest: more than one person comes to while they are kept.
    private static let most = 50_000

    package let exportName = "activity"
    private let directory: any ActivityRecord

    package init(_ directory: any ActivityRecord) { self.directory = directory }

    package func export(of user: UserID) async throws -> any Encodable & Sendable {
        try await directory.activity(of: user, most: Self.most)
    }
}

/// A directory that can say what it keeps of somebody's doings.
package protocol ActivityRecord: Sendable {
    /// - Parameter most: of each kind, the newest.
    func activity(of user: UserID, most: Int) async throws -> Activity
}

/// Times in seconds since 1970.
package struct Activity: Encodable, Sendable {
    package struct SignIn: Encodable, Sendable {
        let begunAt: Int64
        let renewedAt: Int64
        let expiresAt: Int64
    }

    /// An entry of the trail of which they are the subject, or that they made.
    package struct Entry: Encodable, Sendable {
        let at: Int64
        let action: String
        let course: String?
        /// Whether they did it, and whether it was done to them; who else it was is that person's.
        let byYou: Bool
        let toYou: Bool
    }

    let signIns: [SignIn]
    let trail: [Entry]
}
