import Support
import TestSupport
import Testing

@testable import ChatService

@Suite("Tokens of an identity provider")
struct IssuerKeysTests {
    private struct Source: KeySetSource {
        let answer: Result<[UInt8], KeySetError>
        func read(_ url: String) async throws -> [UInt8] { try answer.get() }
    }

    private static let secret = "a-secret-of-at-least-thirty-two-bytes"
    private let tokens: [String: String]

    init() throws { tokens = try KeyFixture.read().tokens }

    /// As the server is set up with a key set, and beside it with a secret.
    private func authenticator(withSecret: Bool = false, _ answer: Result<[UInt8], KeySetError>? = nil) throws
        -> JWTAuthenticator
    {
        let time = ManualTime()
        let answer = try answer ?? .success(KeyFixture.setBytes())
        let cache = KeySetCache(source: Source(answer: answer), time: time)
        let url = "https://id.example/keys"
        let keys: [any TokenKeys] = [
            IssuerKeys(.rs256, at: url, cache: cache), IssuerKeys(.es256, at: url, cache: cache),
        ]
        return JWTAuthenticator(
            keys: withSecret ? keys + [try SharedSecrets(signing: Self.secret)] : keys, issuer: "https://id.example",
            audience: "gepeto", time: time)
    }

    private func cause(_ name: String, _ authenticator: JWTAuthenticator) async throws -> AuthenticationError.Cause? {
        do {
            _ = try await authenticator.authenticate(token: tokens[name])
            return nil
        } catch let error as AuthenticationError {
            return error.cause
        }
    }

    @Test("Tokens by an independent library, each with the key it names", arguments: [true, false])
    func good(withSecret: Bool) async throws {
        let authenticator = try authenticator(withSecret: withSecret)
        for name in ["rs256", "rs256_two", "es256", "no_kid_es256"] {
            let principal = try await authenticator.authenticate(token: tokens[name])
            #expect(principal.user == UserID("ana") && principal.expires?.seconds == 1_733_788_180, "\(name)")
        }
    }

    @Test("No key is ever used for another algorithm than its own", arguments: [true, false])
    func confusion(withSecret: Bool) async throws {
        let authenticator = try authenticator(withSecret: withSecret)
        for (name, expected) in [
            ("no_kid", AuthenticationError.Cause.signature), ("wrong_key", .signature), ("weak_key", .signature),
            ("foreign_kid", .signature), ("curve_as_rsa", .signature), ("pss", .algorithm), ("none", .algorithm),
            ("hs256_pem", withSecret ? .signature : .algorithm),
            ("hs256_modulus", withSecret ? .signature : .algorithm),
            ("hs256_empty", withSecret ? .signature : .algorithm), ("expired", .expired), ("issuer", .issuer),
            ("audience", .audience),
        ] { #expect(try await cause(name, authenticator) == expected, "\(name)") }
    }

    @Test("Without a key set no RS256, without a secret no HS256")
    func oneKindOnly() async throws {
        let secretOnly = try JWTAuthenticator(
            secret: Self.secret, issuer: "https://id.example", audience: "gepeto", time: ManualTime())
        #expect(try await cause("rs256", secretOnly) == .algorithm)
    }

    @Test("Keys that are not at hand are our trouble, not the bearer's")
    func outage() async throws {
        let authenticator = try authenticator(.failure(.unreachable))
        await #expect(throws: KeySetError.unreachable) { try await authenticator.authenticate(token: tokens["rs256"]) }
    }
}
