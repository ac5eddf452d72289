import ChatService
import Support
import TestSupport

@testable import ChatAdapters

/// Calls by chance, and what a directory says to each, as text. Secrets and ids follow from the calls, so that two
/// directories can be asked the same.
final class DirectoryCalls {
    static let courses = ["algoritmos", "fisica"]

    struct Call: CustomStringConvertible {
        let number: Int
        let kind: Int
        let user: UserID
        let course: String
        let role: CourseRole
        /// Which of the things made before it is about.
        let pick: Int

        init(number: Int, _ random: inout LinearCongruential) {
            self.number = number
            kind = Int.random(in: 0..<23, using: &random)
            user = UserID("u\(Int.random(in: 0..<5, using: &random))")
            course = courses[Int.random(in: 0..<2, using: &random)]
            role = Bool.random(using: &random) ? .staff : .student
            pick = Int.random(in: 0..<1_000, using: &random)
        }

        var description: String { "\(kind) \(user) \(course) \(role) \(pick)" }
    }

    private var refresh = ["none"]
    private var codes = ["none"]
    private var tokens = ["none"]

    func make(_ call: Call, to directory: any PeopleDirectory, at now: Timestamp) async -> String {
        do {
            return try await told(call, directory, now)
        } catch {
            return "\(error)"
        }
    }

    private func told(_ call: Call, _ directory: any PeopleDirectory, _ now: Timestamp) async throws -> String {
        let (user, course, id) = (call.user, try CourseID(call.course), "n\(call.number)")
        let end = now + .seconds(86_400)
        switch call.kind {
        case 0, 1:
            let outcome = try await directory.enrol([Enrolment(user: user, name: id, role: call.role)], in: course)
            return "\(outcome)"
        case 2: return "\(try await directory.remove(user, from: course))"
        case 3:
            try await directory.enrol(maker: Enrolment(user: user, role: .staff), of: course)
            return "\(String(describing: try await directory.maker(of: course)))"
        case 4:
            guard let password = Self.password else { return "no password" }
            let account = Account(
                user: user, name: id, standing: .student, password: password, mustChange: false, createdAt: now)
            return "\(try await directory.add([account], call.role == .staff ? .anybody : .strangers()))"
        case 5: return "\(try await directory.remove(account: user))"
        case 6:
            try await directory.begin(SignIn(id: id, user: user, tokenHash: id, expires: end))
            refresh.append(id)
            return ""
        case 7, 8:
            let known = refresh[call.pick % refresh.count]
            refresh.append(id)
            return "\(try await directory.renew(known, with: id, until: end))"
        case 9: return "\(String(describing: try await directory.end(tokenHash: refresh[call.pick % refresh.count])))"
        case 10:
            codes.append(id)
            try await directory.add(
                Invitation(
                    id: id, course: course, role: call.role, usesLeft: 2, madeBy: user, createdAt: now, expiresAt: end),
                codeHash: id)
            return "\(try await directory.invitations(of: course).map { "\($0.id) \($0.usesLeft)" })"
        case 11:
            let code = codes[call.pick % codes.count]
            let accepted = try await directory.accept(codeHash: code, user: user, name: nil)
            return "\(String(describing: accepted.map { "\($0.id) \($0.usesLeft)" }))"
        case 12:
            let version = try await directory.policy(of: course).version
            let set = try await directory.set(
                CoursePolicy(), of: course, expecting: version - call.pick % 2, by: user, at: now)
            return "\(String(describing: set?.version)) \(String(describing: set?.changedBy))"
        case 13: return "\(try await directory.spend(nonce: "n\(call.pick % 20)", until: end))"
        case 14:
            try await directory.record(
                AuditEntry(at: now, actor: user, action: "a.\(id)", course: course, subject: call.course))
            return "\(try await directory.entries(of: course, after: nil, limit: 5).items.map(\.action))"
        case 15: return "\(try await directory.revoke(tokens[call.pick % tokens.count], of: user))"
        case 16:
            guard let password = Self.password else { return "no password" }
            let session = refresh[call.pick % refresh.count]
            return "\(try await directory.setPassword(password, mustChange: false, of: user, keeping: session))"
        case 17:
            let connected = try await directory.connect("c\(call.pick % 4)", of: "p", to: course, by: user)
            return "\(connected)"
        case 18:
            try await directory.disconnect("c\(call.pick % 4)", of: "p")
            return "\(String(describing: try await directory.course(of: "c\(call.pick % 4)", in: "p")))"
        case 19:
            let keys = try await directory.add(
                ToolKey(id: id, pem: "", createdAt: now), onlyIfFirst: call.role == .student)
            return "\(keys.map(\.id))"
        case 20:
            if call.pick.isMultiple(of: 5) { try await directory.removeAll(of: user) }
            return "\(try await directory.courses(of: user).map { "\($0) \($1)" }.sorted())"
        case 21:
            if call.pick.isMultiple(of: 5) { try await directory.removeAll(from: course) }
            return
                "\(try await directory.registrations().map(\.courses)) \(try await directory.invitations(of: course))"
        default:
            tokens.append(id)
            try await directory.add(
                APIToken(id: id, user: user, name: id, course: course, createdAt: now, expiresAt: end), digest: id)
            let token = try await directory.token(digest: id)
            return "\(String(describing: token?.id)) \(try await directory.tokens(of: user).map(\.id))"
        }
    }

    /// The same for both directories.
    private static let password = PasswordHash(of: "p", Scrypt(logN: 4, r: 8, p: 1))
}
