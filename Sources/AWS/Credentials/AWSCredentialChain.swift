import HTTPClient
import Support

/// The usual places in the usual order: environment, profile file, the container's endpoint.
package enum AWSCredentialChain {
    /// What the environment's variables lead to, remembered and renewed.
    ///
    /// Looks at nothing yet: `credentials()` does, and says what is missing.
    /// - Parameter environment: of the process; `HOME` is where the file is sought unless `AWS_SHARED_CREDENTIALS_FILE`
    ///   names one.
    package static func source(
        environment: [String: String], http: HTTPClient, time: any TimeSource = SystemTime()
    ) -> CachedCredentials {
        let files = BlockingQueue(label: "aws-credentials")
        return CachedCredentials(time: time) {
            if let credentials = try EnvironmentCredentials.read(environment) { return credentials }
            if let credentials = try await profile(environment, files) { return credentials }
            if let endpoint = try ContainerCredentials(environment) { return try await endpoint.fetch(http, files) }
            throw AWSCredentialsError.none
        }
    }

    /// nil when there is no file, or none of its profiles is meant: only a profile that was named must be there.
    private static func profile(
        _ environment: [String: String], _ files: BlockingQueue
    ) async throws -> AWSCredentials? {
        func value(_ name: String) -> String? { environment[name].flatMap { $0.isEmpty ? nil : $0 } }
        let named = value("AWS_PROFILE")
        let givenPath = value("AWS_SHARED_CREDENTIALS_FILE")
        guard let path = givenPath ?? value("HOME").map({ $0 + "/.aws/credentials" }) else { return nil }
        let name = named ?? "default"
        switch try await files.run({ SmallFile.read(path, limit: ProfileFile.limit) }) {
        case .content(let bytes):
            let file = ProfileFile(String(decoding: bytes, as: UTF8.self))
            guard file.has(profile: name) else {
                if named != nil { throw AWSCredentialsError.noSuchProfile(name, file: path) }
                return nil
            }
            if let credentials = file.credentials(of: name) { return credentials }
            if named != nil { throw AWSCredentialsError.profileWithoutKeys(name, file: path) }
            return nil
        case .missing:
            if named != nil { throw AWSCredentialsError.noSuchProfile(name, file: path) }
            if givenPath != nil {
                throw AWSCredentialsError.unreadableFile(
                    path, setting: "AWS_SHARED_CREDENTIALS_FILE", reason: "there is no such file")
            }
            return nil
        case .failed(let reason):
            throw AWSCredentialsError.unreadableFile(path, setting: "AWS_SHARED_CREDENTIALS_FILE", reason: reason)
        }
    }
}
