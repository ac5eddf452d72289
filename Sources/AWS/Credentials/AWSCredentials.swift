import Support

/// What calls are signed with.
package struct AWSCredentials: Sendable, Equatable {
    package let accessKeyID: String
    package let secretAccessKey: String
    /// Goes with credentials that are lent for a while.
    package let sessionToken: String?
    /// nil for those that stay.
    package let expiresAt: Timestamp?

    package init(
        accessKeyID: String, secretAccessKey: String, sessionToken: String? = nil, expiresAt: Timestamp? = nil
    ) {
        self.accessKeyID = accessKeyID
        self.secretAccessKey = secretAccessKey
        self.sessionToken = sessionToken
        self.expiresAt = expiresAt
    }
}

extension AWSCredentials: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// The key's public name only: no log and no failing test shows a secret.
    package var description: String { "AWSCredentials(\(accessKeyID))" }
    package var debugDescription: String { description }
    package var customMirror: Mirror { Mirror(self, children: ["accessKeyID": accessKeyID]) }
}

/// Where credentials come from.
package protocol AWSCredentialSource: Sendable {
    /// Credentials that are good now. Called for every attempt of every call.
    /// - Throws: an `ExplainedError`; `CancellationError`.
    func credentials() async throws -> AWSCredentials

    /// A service has said that these are good no longer: what is remembered of them is to be forgotten.
    func forget(_ credentials: AWSCredentials)
}

extension AWSCredentialSource {
    package func forget(_ credentials: AWSCredentials) {}
}

/// Credentials that never change.
package struct FixedCredentials: AWSCredentialSource {
    private let fixed: AWSCredentials

    package init(_ credentials: AWSCredentials) { fixed = credentials }

    package func credentials() async throws -> AWSCredentials { fixed }
}
