import Support
import TestSupport
import Testing

@testable import ChatService

@Suite struct JSONWebKeySetTests {
    @Test("Of a set with all kinds of keys, those that check signatures are taken")
    func kinds() throws {
        let set = try JSONWebKeySet(KeyFixture.setBytes())
        #expect(set.keys.map(\.id) == ["one", "two", "curve"])
        #expect(set.keys.map(\.algorithm) == [.rs256, .rs256, .es256])
        #expect(set.key("one", .rs256)?.id == "one" && set.key("one", .es256) == nil)
        #expect(set.key("curve", .es256)?.id == "curve" && set.key("curve", .rs256) == nil)
        #expect(set.key("stranger", .rs256) == nil)
        // Without a name only what cannot be mistaken.
        #expect(set.key(nil, .es256)?.id == "curve" && set.key(nil, .rs256) == nil)
    }

    @Test("What is no set of keys is refused, and so are too many of them")
    func refused() throws {
        let one = #"{"kty":"RSA","n":"AQAB","e":"AQAB"}"#
        let cases: [(String, KeySetError)] = [
            ("", .notAKeySet), ("[]", .notAKeySet), ("{}", .notAKeySet), (#"{"keys":{}}"#, .notAKeySet),
            (#"{"keys":[],"keys":[]}"#, .notAKeySet), ("<html>", .notAKeySet),
            ("{\"keys\":[\(Array(repeating: one, count: 65).joined(separator: ","))]}", .notAKeySet),
            (#"{"keys":[]}"#, .noUsefulKey), ("{\"keys\":[\(one)]}", .noUsefulKey),
            ("{\"keys\":[],\"x\":\"\(String(repeating: "a", count: JSONWebKeySet.largest))\"}", .notAKeySet),
        ]
        for (text, error) in cases {
            #expect(throws: error, "\(text.prefix(40))") { try JSONWebKeySet(Array(text.utf8)) }
        }
    }

    @Test("Base64 for URLs: encoding is the inverse of decoding")
    func base64() {
        for count in 0...70 {
            let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0 * 37 + 11) }
            let text = Base64URL.encode(bytes)
            #expect(Base64URL.decode(text.utf8) == bytes && !text.contains("="))
            #expect(KeyFixture.bytes(text) == bytes)
        }
    }
}
