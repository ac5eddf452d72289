import Support

/// Somebody whom a platform has sent, checked: what must be known again when they have made a choice on a page of ours.
struct Visitor: Codable, Sendable, Equatable {
    let registration: String
    let user: UserID
    let name: String?
    let role: CourseRole
    /// The platform's course.
    let context: String
    let contextTitle: String?
    let document: String?
    /// Set when the platform wants links rather than the page.
    let deepLinking: LaunchClaims.DeepLinking?

    /// How long somebody may look at a page with choices.
    static let patience = Duration.seconds(1_800)
}

/// The same in a course that is settled: who may choose what is linked.
struct Linker: Codable, Sendable, Equatable {
    let visitor: Visitor
    let course: String
}

/// What the page is given by a launch, as JSON in an element of its own.
struct Launched: Encodable, Sendable {
    struct User: Encodable, Sendable {
        let id: String
        let name: String?
    }

    let accessToken: String
    /// Seconds.
    let expiresIn: Int64
    let user: User
    let course: CourseID
    /// What to open first; nil for the course.
    let document: String?
}
