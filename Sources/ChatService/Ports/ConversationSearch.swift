import Support

/// Finds conversations again by what was said in them.
package protocol ConversationSearch: Sendable {
    /// The user's own conversations that hold all words of the phrase, in their title or in one message, the last used
    /// first, after `cursor`, at most `limit`.
    ///
    /// - Parameter courses: those in which answers are looked into too, nil for all; in others titles and the user's own
    ///   messages only.
    ///
    /// One call looks at a bounded part of them; where it ended before the last one, `next` leads on, also when it found
    /// nothing.
    func conversations(
        of user: UserID, holding phrase: SearchPhrase, answersIn courses: Set<CourseID>?, after cursor: PageCursor?,
        limit: Int
    ) async throws -> Page<FoundConversation>
}

package struct FoundConversation: Sendable, Equatable {
    package let conversation: Conversation
    /// Where the words stand, on one line; nil when they stand in the title.
    package let snippet: String?

    package init(conversation: Conversation, snippet: String?) {
        self.conversation = conversation
        self.snippet = snippet
    }
}
