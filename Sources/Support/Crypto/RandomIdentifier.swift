import CCrypto

/// Identifiers nobody can guess.
package enum RandomIdentifier {
    /// 128 random bits as 32 hexadecimal digits: the ids of jobs, conversations, sessions and messages.
    package static func make() -> String {
        var bytes = [UInt8](repeating: 0, count: 16)
        guard RAND_bytes(&bytes, 16) == 1 else {
            preconditionFailure("the system has no random numbers: no id made now would be safe")
        }
        return bytes.hexadecimal
    }

    /// Whether `text` has the form of an id made here.
    package static func isWellFormed(_ text: String) -> Bool {
        text.utf8.count == 32 && text.utf8.allSatisfy { (48...57).contains($0) || (97...102).contains($0) }
    }
}
