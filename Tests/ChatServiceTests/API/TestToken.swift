import Foundation
import Support

/// Tokens as an issuer makes them.
enum TestToken {
    static func make(secret: String, header: String = #"{"alg":"HS256","typ":"JWT"}"#, claims: String) -> String {
        let signed = "\(encode(Array(header.utf8))).\(encode(Array(claims.utf8)))"
        return "\(signed).\(encode(HMAC.sha256(Array(signed.utf8), key: Array(secret.utf8))))"
    }

    static func encode(_ bytes: [UInt8]) -> String {
        Data(bytes).base64EncodedString().replacingOccurrences(of: "+", with: "-")
            .replacingOccurrences(of: "/", with: "_").replacingOccurrences(of: "=", with: "")
    }
}
