/// `AWS_ACCESS_KEY_ID`, `AWS_SECRET_ACCESS_KEY` and `AWS_SESSION_TOKEN`.
enum EnvironmentCredentials {
    /// nil when neither key is set.
    static func read(_ environment: [String: String]) throws(AWSCredentialsError) -> AWSCredentials? {
        let (id, secret) = (
            environment["AWS_ACCESS_KEY_ID", default: ""], environment["AWS_SECRET_ACCESS_KEY", default: ""]
        )
        switch (id.isEmpty, secret.isEmpty) {
        case (true, true): return nil
        case (true, false): throw .halfInEnvironment(missing: "AWS_ACCESS_KEY_ID")
        case (false, true): throw .halfInEnvironment(missing: "AWS_SECRET_ACCESS_KEY")
        case (false, false): break
        }
        let token = environment["AWS_SESSION_TOKEN", default: ""]
        return AWSCredentials(accessKeyID: id, secretAccessKey: secret, sessionToken: token.isEmpty ? nil : token)
    }
}
