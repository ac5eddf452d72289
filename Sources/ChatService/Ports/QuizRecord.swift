import Support

/// The quizzes that students have had.
package protocol QuizRecord: Sendable {
    /// A user's own in a course, the newest first, with what is wanted; what the user deleted is not there any more.
    func quizzes(of user: UserID, in course: CourseID, limit: Int) async throws -> [Quiz]
}
