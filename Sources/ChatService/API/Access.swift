import Support
import WebServer

/// Who may use a route: stated where it is registered, checked by `AccessControl` and nowhere else.
package enum Access: String, Sendable, CaseIterable {
    /// Without a token too.
    case anyone
    /// With a good token. What belongs to somebody is then found by its owner only.
    case signedIn = "signed in"
    /// Who belongs to the course of the path, `{course}`.
    case member
    /// The staff of the course of the path.
    case staff
    /// The staff of at least one course; they see what is of those.
    case staffSomewhere = "staff of a course"
    /// Who may make courses.
    case courseMaker = "course maker"
    case admin
}

/// Who uses a route, checked.
package struct Caller: Sendable {
    package let principal: Principal
    /// In the course of the path; nil where the path names none.
    package let role: CourseRole?
    /// `pt` or `en`, as the client prefers.
    package var language = "en"

    package var user: UserID { principal.user }
    /// Of the course of the path.
    package var isStaff: Bool { role == .staff }
}

/// A route as it was registered.
package struct RouteEntry: Sendable, Equatable {
    package let method: HTTPMethod
    /// For example `/api/jobs/{jobId}`.
    package let pattern: String
    package let access: Access
    package var isWebSocket = false
}
