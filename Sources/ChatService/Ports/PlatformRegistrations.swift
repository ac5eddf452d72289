import Support

/// The learning platforms that may open this server inside their courses (LTI 1.3), and what is kept about them.
package protocol PlatformRegistrations: Sendable {
    /// All of them, in the order of their names; at most `PlatformRegistration.most`.
    func registrations() async throws -> [PlatformRegistration]
    func registration(_ id: String) async throws -> PlatformRegistration?
    /// Those of an issuer, or of one of its clients.
    func registrations(issuer: String, clientID: String?) async throws -> [PlatformRegistration]
    /// - Throws: `RegistrationError` when issuer, client and deployment are registered already, or there are too many.
    func add(_ registration: PlatformRegistration) async throws
    /// Removes it with its courses' links; the courses stay.
    /// - Returns: false when there is none.
    func removeRegistration(_ id: String) async throws -> Bool

    /// Which course a platform's course is; nil when nobody has said so yet.
    func course(of context: String, in registration: String) async throws -> CourseID?
    /// Says so for good. When somebody else was faster, theirs holds.
    /// - Returns: the course that holds.
    func connect(_ context: String, of registration: String, to course: CourseID, by user: UserID) async throws
        -> CourseID
    /// Forgets the link of a platform's course, so that its staff may make another.
    func disconnect(_ context: String, of registration: String) async throws

    /// Remembers a nonce until it has expired anyway.
    /// - Returns: false when it is known already: the launch was seen before.
    /// - Throws: `RegistrationError.busy` when `PlatformRegistration.mostNonces` are remembered.
    func spend(nonce: String, until: Timestamp) async throws -> Bool

    /// This server's own keys, the newest first; at most two.
    func toolKeys() async throws -> [ToolKey]
    /// Adds a key and forgets all but the newest two.
    /// - Parameter isFirst: adds it only where there is none yet.
    /// - Returns: the keys that there are then.
    func add(_ key: ToolKey, onlyIfFirst: Bool) async throws -> [ToolKey]
}

/// A platform as its administrator and ours agreed on it (1EdTech Security Framework, section 5.1).
package struct PlatformRegistration: Sendable, Equatable {
    package static let most = 200
    package static let mostNonces = 200_000

    /// Where the platform's public keys are.
    package enum Keys: Sendable, Equatable {
        case url(String)
        /// The key set itself, for a platform whose address is not public.
        case set(String)
    }

    package let id: String
    package let name: String
    package let issuer: String
    package let clientID: String
    package let deploymentID: String
    /// Where a launch is asked for: the platform's OpenID Connect authorization endpoint.
    package let authorizationURL: String
    package let keys: Keys
    /// Pages that may show ours in a frame, beside those of issuer and authorization endpoint.
    package let origins: [String]
    /// Courses of ours that the platform's staff may connect theirs to, beside those they make.
    package let courses: [CourseID]
    package let createdAt: Timestamp

    package init(
        id: String, name: String, issuer: String, clientID: String, deploymentID: String, authorizationURL: String,
        keys: Keys, origins: [String], courses: [CourseID], createdAt: Timestamp
    ) {
        self.id = id
        self.name = name
        self.issuer = issuer
        self.clientID = clientID
        self.deploymentID = deploymentID
        self.authorizationURL = authorizationURL
        self.keys = keys
        self.origins = origins
        self.courses = courses
        self.createdAt = createdAt
    }
}

/// A key pair with which this server signs what it sends to platforms.
package struct ToolKey: Sendable, Equatable {
    package let id: String
    /// A secret.
    package let pem: String
    package let createdAt: Timestamp

    package init(id: String, pem: String, createdAt: Timestamp) {
        self.id = id
        self.pem = pem
        self.createdAt = createdAt
    }
}

package enum RegistrationError: String, ExplainedError {
    case exists = "lti_registration_exists"
    case tooMany = "lti_too_many_registrations"
    case busy = "lti_too_many_launches"

    package var label: String { rawValue }

    package var description: String {
        switch self {
        case .exists: "This issuer, client and deployment are registered already; remove that registration first."
        case .tooMany: "There are \(PlatformRegistration.most) registrations already; remove one first."
        case .busy: "Too many launches within the last minutes; try again in a moment."
        }
    }
}
