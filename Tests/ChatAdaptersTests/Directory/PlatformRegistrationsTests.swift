import ChatService
import Support
import TestSupport
import Testing

@testable import ChatAdapters

/// What every adapter of the port must do.
@Suite struct PlatformRegistrationsTests {
    private func registration(_ id: String, client: String = "c", deployment: String = "1") throws
        -> PlatformRegistration
    {
        PlatformRegistration(
            id: id, name: "Moodle \(id)", issuer: "https://m.example", clientID: client, deploymentID: deployment,
            authorizationURL: "https://m.example/auth", keys: id == "a" ? .url("https://m.example/k") : .set("{}"),
            origins: ["https://x.example", "https://y.example"], courses: [try CourseID("algoritmos")],
            createdAt: Timestamp(milliseconds: 1_000))
    }

    @Test(
        "Registrations are found as they were added, each issuer, client and deployment once",
        arguments: StoreKind.durable)
    func registrations(kind: StoreKind) async throws {
        let test = try DirectoryUnderTest(kind)
        let port = test.directory
        let (a, b, c) = try (
            registration("a"), registration("b", deployment: "2"), registration("c", client: "d")
        )
        for each in [c, b, a] { try await port.add(each) }
        #expect(try await port.registrations() == [a, b, c])
        #expect(try await port.registration("b") == b)
        #expect(try await port.registration("x") == nil)
        #expect(try await port.registrations(issuer: "https://m.example", clientID: nil) == [a, b, c])
        #expect(try await port.registrations(issuer: "https://m.example", clientID: "c") == [a, b])
        #expect(try await port.registrations(issuer: "https://n.example", clientID: nil).isEmpty)
        await #expect(throws: RegistrationError.exists) { try await port.add(registration("z")) }
        #expect(try await port.removeRegistration("a"))
        #expect(try await !port.removeRegistration("a"))
        try await port.add(registration("z"))
        for number in 3..<PlatformRegistration.most {
            try await port.add(registration("n\(number)", deployment: "\(number)"))
        }
        await #expect(throws: RegistrationError.tooMany) {
            try await port.add(registration("last", deployment: "last"))
        }
    }

    @Test("A platform's course is connected once; the links go with the registration", arguments: StoreKind.everywhere)
    func courses(kind: StoreKind) async throws {
        let test = try DirectoryUnderTest(kind)
        let port = test.directory
        try await port.add(registration("a"))
        try await port.add(registration("b", deployment: "2"))
        let (one, two, ana) = (try CourseID("one"), try CourseID("two"), UserID("ana"))
        #expect(try await port.course(of: "x", in: "a") == nil)
        #expect(try await port.connect("x", of: "a", to: one, by: ana) == one)
        #expect(try await port.connect("x", of: "a", to: two, by: ana) == one)
        #expect(try await port.course(of: "x", in: "a") == one)
        #expect(try await port.course(of: "x", in: "b") == nil)
        try await port.disconnect("x", of: "a")
        #expect(try await port.connect("x", of: "a", to: two, by: ana) == two)
        #expect(try await port.removeRegistration("a"))
        #expect(try await port.course(of: "x", in: "a") == nil)
    }

    @Test("A nonce is spent once, by one of many, and forgotten when it has expired", arguments: StoreKind.durable)
    func nonces(kind: StoreKind) async throws {
        let test = try DirectoryUnderTest(kind)
        let (port, time) = (test.directory, test.time)
        let until = time.now + .seconds(60)
        let outcomes = try await withThrowingTaskGroup(of: Bool.self) { group in
            for _ in 0..<16 { group.addTask { try await port.spend(nonce: "n", until: until) } }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(outcomes.filter { $0 }.count == 1)
        #expect(try await port.spend(nonce: "m", until: until))
        time.advance(by: .seconds(59))
        #expect(try await !port.spend(nonce: "n", until: until))
        time.advance(by: .seconds(1))
        #expect(try await port.spend(nonce: "n", until: time.now + .seconds(60)))
    }

    @Test("The newest two keys are kept; of several first ones one holds", arguments: StoreKind.durable)
    func keys(kind: StoreKind) async throws {
        let test = try DirectoryUnderTest(kind)
        let (port, time) = (test.directory, test.time)
        #expect(try await port.toolKeys().isEmpty)
        let moment = time.now
        let firsts = try await withThrowingTaskGroup(of: [String].self) { group in
            for number in 0..<8 {
                group.addTask {
                    try await port.add(ToolKey(id: "k\(number)", pem: "p", createdAt: moment), onlyIfFirst: true).map(
                        \.id)
                }
            }
            return try await group.reduce(into: Set<[String]>()) { $0.insert($1) }
        }
        #expect(firsts.count == 1 && firsts.first?.count == 1)
        let two = try await port.add(ToolKey(id: "x", pem: "p", createdAt: moment + .seconds(1)), onlyIfFirst: false)
        #expect(two.map(\.id) == ["x"] + (firsts.first ?? []))
        let three = try await port.add(ToolKey(id: "y", pem: "q", createdAt: moment + .seconds(2)), onlyIfFirst: false)
        #expect(three.map(\.id) == ["y", "x"] && three.first?.pem == "q")
        #expect(try await port.toolKeys() == three)
    }
}
