import ChatService
import Support
import TestSupport
import Testing

@testable import ChatService

@Suite("Authentication")
struct AuthenticationTests {
    private static let secret = "a-secret-of-at-least-thirty-two-bytes"
    private static let now: Int64 = 1_733_788_120

    private func authenticator() throws -> JWTAuthenticator {
        try JWTAuthenticator(secret: Self.secret, issuer: "https://id.example", audience: "gepeto", time: ManualTime())
    }

    private func claims(
        sub: String = #""ana""#, exp: String = "\(now + 60)", more: String = "",
        iss: String = #""https://id.example""#, aud: String = #""gepeto""#
    ) -> String {
        "{\"sub\":\(sub),\"exp\":\(exp),\"iss\":\(iss),\"aud\":\(aud)\(more)}"
    }

    @Test("A good token names its user and its end")
    func good() async throws {
        let principal = try await authenticator().authenticate(
            token: TestToken.make(secret: Self.secret, claims: claims()))
        #expect(principal == Principal(user: UserID("ana"), expires: Timestamp(milliseconds: (Self.now + 60) * 1000)))
        _ = try await authenticator().authenticate(
            token: TestToken.make(secret: Self.secret, claims: claims(aud: #"["other","gepeto"]"#)))
    }

    @Test("The token of RFC 7515, appendix A.1, has the right signature and is refused for its age only")
    func referenceToken() async throws {
        // The key is given there in base64url; it is not text, so the check is made on the parts.
        let header = #"{"typ":"JWT","# + "\r\n" + #" "alg":"HS256"}"#
        #expect(TestToken.encode(Array(header.utf8)) == "eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9")
        let body =
            #"{"iss":"joe","# + "\r\n" + #" "exp":1300819380,"# + "\r\n" + #" "http://example.com/is_root":true}"#
        let signed = "eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9.\(TestToken.encode(Array(body.utf8)))"
        let key: [UInt8] = [
            3, 35, 53, 75, 43, 15, 165, 188, 131, 126, 6, 101, 119, 123, 166, 143, 90, 179, 40, 230, 240, 84, 201, 40,
            169, 15, 132, 178, 210, 80, 46, 191, 211, 251, 90, 146, 210, 6, 71, 239, 150, 138, 180, 195, 119, 98, 61,
            34, 61, 46, 33, 114, 5, 46, 79, 8, 192, 205, 154, 245, 103, 208, 128, 163,
        ]
        #expect(
            TestToken.encode(HMAC.sha256(Array(signed.utf8), key: key)) == "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
        )
    }

    @Test("Bad tokens are refused, each for its reason")
    func bad() async throws {
        let good = TestToken.make(secret: Self.secret, claims: claims())
        let parts = good.split(separator: ".").map(String.init)
        let none = TestToken.encode(Array(#"{"alg":"none"}"#.utf8))
        let cases: [(String?, AuthenticationError.Cause)] = [
            (nil, .missing), ("", .malformed), ("a.b.c", .malformed), ("\(parts[0]).\(parts[1])", .malformed),
            ("\(good).x", .malformed), (good + "=", .malformed), (String(repeating: "a", count: 9000), .malformed),
            ("\(none).\(parts[1]).", .algorithm),
            (TestToken.make(secret: Self.secret, header: #"{"alg":"HS512"}"#, claims: claims()), .algorithm),
            (TestToken.make(secret: Self.secret, header: #"{"alg":"RS256"}"#, claims: claims()), .algorithm),
            (
                TestToken.make(secret: Self.secret, header: #"{"alg":"HS256","crit":["x"]}"#, claims: claims()),
                .algorithm
            ),
            (TestToken.make(secret: "another-secret-of-thirty-two-bytes!!", claims: claims()), .signature),
            ("\(parts[0]).\(TestToken.encode(Array(claims(sub: "\"root\"").utf8))).\(parts[2])", .signature),
            (TestToken.make(secret: Self.secret, claims: claims(exp: "\(Self.now - 31)")), .expired),
            (TestToken.make(secret: Self.secret, claims: claims(exp: "1e300")), .expired),
            (
                TestToken.make(secret: Self.secret, claims: #"{"sub":"a","iss":"https://id.example","aud":"gepeto"}"#),
                .expired
            ),
            (TestToken.make(secret: Self.secret, claims: claims(more: ",\"nbf\":\(Self.now + 31)")), .notYetValid),
            (TestToken.make(secret: Self.secret, claims: claims(iss: #""https://evil.example""#)), .issuer),
            (TestToken.make(secret: Self.secret, claims: claims(aud: #""other""#)), .audience),
            (TestToken.make(secret: Self.secret, claims: claims(aud: "[]")), .audience),
            (TestToken.make(secret: Self.secret, claims: claims(sub: #""""#)), .subject),
            (TestToken.make(secret: Self.secret, claims: claims(sub: "7")), .malformed),
            (TestToken.make(secret: Self.secret, claims: "[]"), .malformed),
        ]
        let authenticator = try authenticator()
        for (token, cause) in cases {
            let error = await #expect(throws: AuthenticationError.self) {
                try await authenticator.authenticate(token: token)
            }
            #expect(error?.cause == cause, "\(token ?? "none")")
        }
    }

    @Test("A weak secret is refused")
    func weakSecret() {
        #expect(throws: WeakSecret.self) { try JWTAuthenticator(secret: "short", issuer: "i", audience: "a") }
    }

    @Test("Host and origin: loopback names, or the public address only")
    func origins() throws {
        func passes(_ origins: OriginGuard, _ host: String?, _ origin: String? = nil) -> Bool {
            (try? origins.check(host: host, origin: origin)) != nil
        }
        for host in ["localhost", "LOCALHOST:8000", "127.0.0.1:8000", "[::1]:8000"] {
            #expect(passes(.loopback, host), "\(host)")
        }
        for host in [
            "", "evil.example", "127.0.0.1.evil.example", "localhost:", "localhost:x", "localhost:99999", "a@localhost",
        ] {
            #expect(!passes(.loopback, host), "\(host)")
        }
        #expect(passes(.loopback, "localhost:8000", "http://127.0.0.1:8000"))
        #expect(!passes(.loopback, "localhost:8000", "http://localhost:8001"))
        #expect(!passes(.loopback, "localhost:8000", "http://localhost"))
        #expect(!passes(.loopback, "localhost:8000", "null"))
        let site = try OriginGuard(publicURL: "https://tutor.example/")
        #expect(passes(site, "tutor.example") && passes(site, "Tutor.Example:443"))
        #expect(passes(site, "tutor.example", "https://tutor.example"))
        #expect(!passes(site, "tutor.example", "http://tutor.example"))
        #expect(!passes(site, "tutor.example", "https://tutor.example.evil"))
        #expect(!passes(site, "localhost") && !passes(site, "tutor.example:8443"))
        for bad in ["tutor.example", "ftp://tutor.example", "https://", "https://tutor.example/path", "https://a b"] {
            #expect(throws: InvalidPublicURL.self, "\(bad)") { try OriginGuard(publicURL: bad) }
        }
    }

    @Test("Trace ids are read from well-formed parents only")
    func traceParents() {
        let id = "0af7651916cd43dd8448eb211c80319c"
        #expect(TraceParent("00-\(id)-b7ad6b7169203331-01")?.traceID == id)
        #expect(TraceParent("01-\(id)-b7ad6b7169203331-01-more")?.traceID == id)
        for bad in [
            "", "00", "00-\(id)-b7ad6b7169203331", "ff-\(id)-b7ad6b7169203331-01", "00-\(id)-b7ad6b7169203331-01-more",
            "00-\(id.uppercased())-b7ad6b7169203331-01", "00-\(String(repeating: "0", count: 32))-b7ad6b7169203331-01",
            "00-\(id)-0000000000000000-01", "00-\(id)-b7ad6b7169203331-0g",
        ] { #expect(TraceParent(bad) == nil, "\(bad)") }
    }
}
