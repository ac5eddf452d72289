import ChatService
import Support

/// What the store keeps of a person beside the conversations, for their export; `Erasure` takes it away with them.
package struct QuestionsOfPerson: PersonalData {
    /// Entries of each kind, the newest: more than one person comes to while they are kept.
    private static let most = 50_000

    package let exportName = "questions"
    private let store: any QuestionRecord

    package init(_ store: any QuestionRecord) { self.store = store }

    package func export(of user: UserID) async throws -> any Encodable & Sendable {
        try await store.questions(of: user, most: Self.most)
    }
}

/// A store that can say what it keeps of somebody's questions.
package protocol QuestionRecord: Sendable {
    /// - Parameter most: of each kind, the newest.
    func questions(of user: UserID, most: Int) async throws -> Questions
}

/// Times in seconds since 1970.
package struct Questions: Encodable, Sendable {
    /// A question as it is counted and paid for.
    package struct Counted: Encodable, Sendable {
        let course: String
        let mode: String
        let assignment: String?
        let askedAt: Int64
        let costUsd: Double
        let counts: Bool
    }

    /// A question or an upload on its way, and for a week afterwards.
    package struct Job: Encodable, Sendable {
        let jobId: String
        let kind: String
        let course: String
        let state: String
        /// Closed labels of the tries that failed.
        let failures: [String]
        let document: String?
        /// What a program sent along as said before.
        let given: [Turn]?
        let acceptedAt: Int64
        let updatedAt: Int64
    }

    package struct Rated: Encodable, Sendable {
        let messageId: String
        let rating: Int
        let comment: String?
        /// nil for one that was stored before the store noted it.
        let ratedAt: Int64?
    }

    let counted: [Counted]
    let jobs: [Job]
    let ratings: [Rated]
}
