import ChatAdapters
import Support
import TestSupport
import Testing
import WebServer

@testable import ChatService

/// A server with accounts of its own and two courses, `algoritmos` and `fisica`.
struct SignInHouse {
    static let secret = "a-secret-of-at-least-thirty-two-bytes"
    static let password = "a good long password"

    let door: FrontDoor
    let revoked: RevokedTokens
    let course: CourseID
    let other: CourseID
    var directory: SQLiteDirectory { door.directory }
    var time: ManualTime { door.house.time }

    init(hasOtherIssuer: Bool = false, personalData: [any PersonalData] = [], log: Log = .silent) throws {
        let time = Later()
        let secrets = try SharedSecrets(signing: Self.secret)
        let revoked = RevokedTokens(time: time)
        self.revoked = revoked
        door = try FrontDoor(
            courses: ["algoritmos", "fisica"],
            authenticator: JWTAuthenticator(
                keys: [secrets], issuer: "i", audience: "a", revoked: revoked, time: time),
            identity: { house, directory in
                time.set(house.time)
                let issuer = TokenIssuer(secrets: secrets, issuer: "i", audience: "a", time: time)
                return Identity(
                    accounts: AccountDesk(
                        accounts: directory, signIns: directory, issuer: issuer, revoked: revoked,
                        hasher: PasswordHasher(Scrypt(logN: 4, r: 8, p: 1)), time: time),
                    hasOtherIssuer: hasOtherIssuer, invitations: directory, erasure: house.store,
                    personalData: personalData,
                    notice: ServiceNotice(mode: .jwt, localAccounts: true, providers: ["groq"], retentionDays: 90),
                    publicURL: "https://tutor.example")
            }, log: log)
        course = try CourseID("algoritmos")
        other = try CourseID("fisica")
    }

    /// The house's clock, which is made after those who need it.
    private final class Later: TimeSource {
        private let source = Locked<(any TimeSource)?>(nil)

        func set(_ time: any TimeSource) { source.withLock { $0 = time } }

        private var time: any TimeSource { source.withLock { $0 } ?? SystemTime() }
        var now: Timestamp { time.now }
        var steady: Timestamp { time.steady }
        var uptime: Uptime? { time.uptime }
        var elapsed: Duration { time.elapsed }
        func sleep(for duration: Duration) async throws { try await time.sleep(for: duration) }
    }

    struct SignedIn: Decodable {
        struct User: Decodable {
            let id: String
            let name: String
            let standing: String
        }
        let accessToken: String
        let expiresIn: Int
        let refreshToken: String
        let user: User
        let mustChangePassword: Bool
    }

    /// Makes an account, and its user a member.
    func add(
        _ name: String, standing: Standing = .student, _ roles: [CourseID: CourseRole] = [:]
    ) async throws {
        let desk = try #require(door.api.ports.identity.accounts)
        _ = try await desk.book.open(
            AccountBook.Newcomer(user: UserID(name), name: nil, standing: standing), password: Self.password)
        for (course, role) in roles {
            _ = try await directory.enrol([Enrolment(user: UserID(name), role: role)], in: course)
        }
    }

    func post(
        _ path: String, _ fields: [String: String], as token: String? = nil
    ) async throws -> FrontDoor.Reply {
        try await door.send(.post, path, JSONText.encode(fields), headers: Self.bearer(token))
    }

    static func bearer(_ token: String?) -> HTTPFields { token.map { ["authorization": "Bearer \($0)"] } ?? [:] }

    func login(_ name: String, _ password: String = Self.password) async throws -> FrontDoor.Reply {
        try await post("/api/auth/login", ["user": name, "password": password])
    }

    func signIn(_ name: String, _ password: String = Self.password) async throws -> SignedIn {
        let reply = try await login(name, password)
        #expect(reply.status == 200, "\(reply.text)")
        return try reply.json(SignedIn.self)
    }

    func get(_ path: String, as token: String?) async throws -> FrontDoor.Reply {
        try await door.send(.get, path, headers: Self.bearer(token))
    }
}
