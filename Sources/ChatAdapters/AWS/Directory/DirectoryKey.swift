import ChatService
import Support

/// How the directory's keys are made. All begin with `DIR#`, as none of another's do (`ChatKey`, the writer's lease), so the
/// table may be the chat store's or one of its own.
///
/// Names that come from outside stand at the end of a partition's name only, so that none can be read as another's; in a
/// place stand ids of courses, ids made here, and hashes.
enum DirectoryKey {
    // MARK: - A person

    static func user(_ user: UserID) -> String { named("DIR#USER#", user.name) }
    static func account(_ user: UserID) -> ItemKey { ItemKey(Self.user(user), "ACCOUNT") }
    static func member(_ user: UserID, _ course: CourseID) -> ItemKey {
        ItemKey(Self.user(user), courses + course.name)
    }
    static let courses = "IN#"
    static func made(_ user: UserID, _ course: CourseID) -> ItemKey { ItemKey(Self.user(user), made + course.name) }
    static let made = "MADE#"
    /// A sign-in, by its owner.
    static func signedIn(_ user: UserID, _ id: String) -> ItemKey { ItemKey(Self.user(user), signIns + id) }
    static let signIns = "AUTH#"
    /// An API token, by its owner.
    static func token(_ id: String, of user: UserID) -> ItemKey { ItemKey(Self.user(user), tokens + id) }
    static let tokens = "TOKEN#"
    /// Written by whoever adds one, so that two at once come one after the other.
    static func tokenGate(_ user: UserID) -> ItemKey { ItemKey(Self.user(user), "TOKENS") }
    /// Entries of the trail that they made, and of which they are the subject.
    static let did = "DID#"
    static let was = "WAS#"
    /// Everything by which a name is known, but for its account: memberships, courses made, API tokens.
    static let known = (first: courses, last: tokens + "~")

    /// Partition of the index: what says who made it or changed it last.
    static func of(_ user: UserID) -> String { named("DIR#OF#", user.name) }

    // MARK: - A course

    static func course(_ course: CourseID) -> String { "DIR#COURSE#\(course.name)" }
    static func head(_ course: CourseID) -> ItemKey { ItemKey(Self.course(course), "COURSE") }
    /// A member, by the number under which they came.
    static func place(_ number: Int64, _ course: CourseID) -> ItemKey {
        ItemKey(Self.course(course), members + ChatKey.padded(number))
    }
    static let members = "M#"
    static func policy(_ course: CourseID) -> ItemKey { ItemKey(Self.course(course), "POLICY") }
    static func invitation(_ id: String, _ course: CourseID) -> ItemKey {
        ItemKey(Self.course(course), invitations + id)
    }
    static let invitations = "INV#"
    static func invitationGate(_ course: CourseID) -> ItemKey { ItemKey(Self.course(course), "INVITES") }
    static func token(_ id: String, for course: CourseID) -> ItemKey { ItemKey(Self.course(course), tokens + id) }
    /// A platform's course that is this one.
    static func link(_ context: String, _ registration: String, to course: CourseID) -> ItemKey {
        ItemKey(Self.course(course), links + SHA256.hex((registration + "\n" + context).utf8))
    }
    static let links = "LINK#"

    // MARK: - Lists, and what is found by a secret

    static let accounts = "DIR#ACCOUNTS"
    static func listed(_ number: Int64) -> ItemKey { ItemKey(accounts, listed + ChatKey.padded(number)) }
    static let listed = "A#"
    static let accountHead = ItemKey(accounts, "HEAD")

    static func code(_ hash: String) -> ItemKey { ItemKey(named("DIR#CODE#", hash), "CODE") }
    static func signIn(_ id: String) -> ItemKey { ItemKey(named("DIR#SIGNIN#", id), "SIGNIN") }
    static func refresh(_ hash: String) -> ItemKey { ItemKey(named("DIR#REFRESH#", hash), "REFRESH") }
    static func digest(_ digest: String) -> ItemKey { ItemKey(named("DIR#DIGEST#", digest), "TOKEN") }
    static func tokenID(_ id: String) -> ItemKey { ItemKey(named("DIR#TOKEN#", id), "TOKEN") }

    /// The trail; of a course: partition of the index.
    static let trail = "DIR#AUDIT"
    static func trail(of course: CourseID) -> String { "DIR#AUDIT#\(course.name)" }

    static let platforms = "DIR#PLATFORMS"
    static func platform(_ id: String) -> ItemKey { ItemKey(platforms, platform + SHA256.hex(id.utf8)) }
    static let platform = "P#"
    /// What a registration must not share with another.
    static func client(_ issuer: String, _ client: String, _ deployment: String) -> ItemKey {
        ItemKey(platforms, "U#" + SHA256.hex(JSONText.encode([issuer, client, deployment]).utf8))
    }
    static let platformGate = ItemKey(platforms, "GATE")
    static func contexts(_ registration: String) -> String { named("DIR#PLATFORM#", registration) }
    static func context(_ context: String, _ registration: String) -> ItemKey {
        ItemKey(contexts(registration), "CTX#" + SHA256.hex(context.utf8))
    }
    static func nonce(_ nonce: String) -> ItemKey { ItemKey(named("DIR#NONCE#", nonce), "NONCE") }
    /// A part of the counter of nonces that end within an hour.
    static func nonces(_ hour: Int64, _ room: Int) -> ItemKey { ItemKey("DIR#NONCES#\(hour)", "ROOM#\(room)") }
    static let toolKeys = ItemKey("DIR#KEYS", "KEYS")

    /// DynamoDB takes 2,048 bytes of a partition's name.
    private static func named(_ kind: String, _ name: String) -> String {
        name.utf8.count <= longest ? kind + name : "DIR#LONG#" + SHA256.hex((kind + name).utf8)
    }
    private static let longest = 1_000
}
