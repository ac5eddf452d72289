import ChatAdapters
import Foundation
import Support
import TestSupport
import Testing
import WebServer

@testable import ChatService

@Suite("Signing in")
struct SignInTests {
    @Test("A password opens a session whose token says who it is")
    func session() async throws {
        let house = try SignInHouse()
        try await house.add("ana", standing: .staff, [house.course: .staff])
        let signedIn = try await house.signIn(" ANA ")
        #expect(signedIn.expiresIn == 900 && signedIn.user.id == "ana" && signedIn.user.standing == "staff")
        struct Me: Decodable, Equatable {
            struct Course: Decodable, Equatable {
                let id: String
                let role: String
            }
            let id: String
            let standing: String
            let courses: [Course]
            let mustChangePassword: Bool
        }
        let me = try await house.get("/api/auth/me", as: signedIn.accessToken).json(Me.self)
        #expect(
            me
                == Me(
                    id: "ana", standing: "staff", courses: [Me.Course(id: "algoritmos", role: "staff")],
                    mustChangePassword: false))
        // What is kept is no password and no token.
        for tail in ["", "-wal"] {
            let path = house.door.house.folder.file("directory.sqlite" + tail)
            let file = String(decoding: try Data(contentsOf: URL(filePath: path)), as: UTF8.self)
            for secret in [SignInHouse.password, signedIn.refreshToken] { #expect(!file.contains(secret)) }
        }
        house.time.advance(by: TokenIssuer.lifetime + .seconds(31))
        #expect(try await house.get("/api/auth/me", as: signedIn.accessToken).status == 401)
    }

    @Test("Nobody learns whether there is an account: one sentence for every way to fail")
    func noEnumeration() async throws {
        let house = try SignInHouse()
        try await house.add("ana")
        var answers: Set<String> = []
        for (name, password) in [
            ("ana", "wrong password"), ("nobody", SignInHouse.password), ("", "x"), ("not a name!", "x"),
            ("ana", String(repeating: "a", count: 5_000)),
        ] {
            let reply = try await house.login(name.isEmpty ? "ninguém" : name, password)
            #expect(reply.status == 401)
            answers.insert(try reply.json(ProblemReply.self).detail)
        }
        #expect(answers.count == 1)
    }

    @Test("Tries are limited for an account, known or not, and end; one that succeeds costs nothing")
    func throttle() async throws {
        let house = try SignInHouse()
        try await house.add("ana")
        for _ in 0..<30 { _ = try await house.signIn("ana") }
        for name in ["ana", "nobody"] {
            var statuses: [Int] = []
            for _ in 0..<11 { statuses.append(try await house.login(name, "wrong").status) }
            #expect(statuses == Array(repeating: 401, count: 10) + [429], "\(name)")
        }
        let refused = try await house.login("ana")
        #expect(refused.status == 429 && refused.headers["retry-after"] != nil)
        house.time.advance(by: .seconds(31))
        #expect(try await house.login("ana").status == 200)
    }

    @Test("An address has its own limit; IPv6 counts by network")
    func addresses() throws {
        let time = ManualTime()
        let throttle = SignInThrottle(time: time)
        for number in 0..<50 { try throttle.take(account: "user\(number)", address: "2001:db8:1:2::\(number)") }
        #expect(throws: Problem.self) { try throttle.take(account: "other", address: "2001:db8:1:2::ffff") }
        try throttle.take(account: "other", address: "2001:db8:1:3::1")
        #expect(SignInThrottle.network(of: "::ffff:10.0.0.7") == "10.0.0.7")
    }

    @Test("A flood of names fills a bounded table, and then meets one limit together")
    func flood() throws {
        let throttle = SignInThrottle(time: ManualTime())
        for number in 0..<SignInThrottle.most {
            try throttle.take(account: "user\(number)", address: "10.0.\(number / 200 % 200).\(number % 200)")
        }
        #expect(throws: Problem.self) {
            for number in 0..<20 { try throttle.take(account: "more\(number)", address: "10.1.0.\(number)") }
        }
    }

    @Test("A refresh token is good once; used again, it ends the whole sign-in")
    func rotation() async throws {
        let house = try SignInHouse()
        try await house.add("ana")
        let first = try await house.signIn("ana")
        func refresh(_ token: String) async throws -> FrontDoor.Reply {
            try await house.post("/api/auth/refresh", ["refreshToken": token])
        }
        let second = try await refresh(first.refreshToken).json(SignInHouse.SignedIn.self)
        let other = try await house.signIn("ana")
        #expect(second.refreshToken != first.refreshToken)
        // A thief, or the user after one.
        #expect(try await refresh(first.refreshToken).status == 401)
        #expect(try await refresh(second.refreshToken).status == 401)
        #expect(try await house.get("/api/auth/me", as: second.accessToken).status == 401)
        // Another sign-in is not touched.
        #expect(try await house.get("/api/auth/me", as: other.accessToken).status == 200)
        house.time.advance(by: SignIn.lifetime + .seconds(1))
        #expect(try await refresh(other.refreshToken).status == 401)
        #expect(try await refresh("x").status == 401)
    }

    @Test("Who signs out is out at once; the oldest of many sign-ins ends")
    func signingOut() async throws {
        let house = try SignInHouse()
        try await house.add("ana")
        let signedIn = try await house.signIn("ana")
        let out = try await house.post("/api/auth/logout", ["refreshToken": signedIn.refreshToken])
        #expect(out.status == 204)
        #expect(try await house.get("/api/auth/me", as: signedIn.accessToken).status == 401)
        let oldest = try await house.signIn("ana")
        for _ in 0..<SignIn.most {
            house.time.advance(by: .milliseconds(1))
            _ = try await house.signIn("ana")
        }
        let reply = try await house.post("/api/auth/refresh", ["refreshToken": oldest.refreshToken])
        #expect(reply.status == 401)
    }

    @Test("A new password follows the rules and ends the other sign-ins")
    func changing() async throws {
        let house = try SignInHouse()
        try await house.add("ana")
        let (mine, other) = (try await house.signIn("ana"), try await house.signIn("ana"))
        func change(_ current: String, _ new: String) async throws -> Int {
            try await house.post(
                "/api/auth/password", ["current": current, "new": new], as: mine.accessToken
            ).status
        }
        for bad in ["short", "aaaaaaaaaaaa", SignInHouse.password, String(repeating: "ab1é", count: 300)] {
            #expect(try await change(SignInHouse.password, bad) == 400, "\(bad.prefix(20))")
        }
        #expect(try await change("wrong password", "another good password") == 403)
        #expect(try await change(SignInHouse.password, "another good password") == 204)
        let renewed = try await house.post("/api/auth/refresh", ["refreshToken": mine.refreshToken])
        #expect(renewed.status == 200)
        #expect(try await house.post("/api/auth/refresh", ["refreshToken": other.refreshToken]).status == 401)
        #expect(try await house.login("ana").status == 401)
        #expect(try await house.login("ana", "another good password").status == 200)
    }

    @Test("A password for once opens no course, only the way to another one")
    func temporaryPassword() async throws {
        let house = try SignInHouse()
        try await house.add("ana", [house.course: .student])
        let desk = try #require(house.door.api.ports.identity.accounts)
        let before = try await house.signIn("ana")
        let temporary = try await desk.reset(UserID("ana"))
        #expect(try await house.get("/api/auth/me", as: before.accessToken).status == 401)
        house.time.advance(by: .seconds(1))
        let signedIn = try await house.signIn("ana", temporary)
        #expect(signedIn.mustChangePassword)
        #expect(try await house.get("/api/courses/algoritmos", as: signedIn.accessToken).status == 403)
        #expect(try await house.get("/api/account/export", as: signedIn.accessToken).status == 403)
        let changed = try await house.post(
            "/api/auth/password", ["current": temporary, "new": "a password of her own"], as: signedIn.accessToken)
        #expect(changed.status == 204)
        let renewed = try await house.post("/api/auth/refresh", ["refreshToken": signedIn.refreshToken])
            .json(SignInHouse.SignedIn.self)
        #expect(!renewed.mustChangePassword)
        #expect(try await house.get("/api/courses/algoritmos", as: renewed.accessToken).status == 200)
    }

    @Test("What a person may know beforehand; without accounts the routes say so")
    func notice() async throws {
        let notice = try await SignInHouse().door.send(.get, "/api/auth/notice")
        #expect(notice.text == #"{"localAccounts":true,"mode":"jwt","providers":["groq"],"retentionDays":90}"#)
        let open = try FrontDoor()
        #expect(
            try await open.send(.get, "/api/auth/notice").text
                == #"{"localAccounts":false,"mode":"open","providers":[],"retentionDays":null}"#)
        let login = try await open.send(.post, "/api/auth/login", #"{"user": "a", "password": "b"}"#)
        #expect(login.status == 404 && login.text.contains("no_local_accounts"))
        #expect(try await open.send(.get, "/api/auth/me").text.contains(#""standing":"admin""#))
    }

    @Test("Secrets rotate: what a former one signed is good until it is dropped")
    func secrets() async throws {
        let (old, new) = (String(repeating: "o", count: 32), String(repeating: "n", count: 32))
        let time = ManualTime()
        let token = TokenIssuer(secrets: try SharedSecrets(signing: old), issuer: "i", audience: "a", time: time)
            .access(for: Principal(user: UserID("ana"), name: "Ana", standing: .staff, limitedTo: []))
        func principal(_ secrets: SharedSecrets) async -> Principal? {
            try? await JWTAuthenticator(keys: [secrets], issuer: "i", audience: "a", time: time)
                .authenticate(token: token)
        }
        let both = try SharedSecrets(signing: new, former: [old])
        #expect(await principal(both)?.user == UserID("ana"))
        #expect(await principal(both)?.limitedTo == [])
        #expect(await principal(try SharedSecrets(signing: new)) == nil)
        #expect(throws: WeakSecret.self) { try SharedSecrets(signing: new, former: ["short"]) }
        #expect(throws: TooManySecrets.self) {
            try SharedSecrets(signing: new, former: Array(repeating: old, count: 5))
        }
    }
}
