import Support

/// Why there are no credentials. No sentence contains a key, a token or a file's content.
package enum AWSCredentialsError: ExplainedError, Equatable {
    /// None of the usual places has any.
    case none
    /// One of the two variables is set without the other.
    case halfInEnvironment(missing: String)
    case noSuchProfile(String, file: String)
    case unreadableFile(String, setting: String, reason: String)
    /// A profile that says how to get credentials (a role, SSO, a process) instead of having them.
    case profileWithoutKeys(String, file: String)
    case endpointNotAllowed
    case endpointFailed(reason: String)
    case endpointRefused(status: Int)
    case unreadableAnswer

    package var label: String {
        switch self {
        case .none: "aws_no_credentials"
        case .halfInEnvironment: "aws_half_credentials"
        case .noSuchProfile: "aws_no_profile"
        case .unreadableFile: "aws_unreadable_file"
        case .profileWithoutKeys: "aws_profile_without_keys"
        case .endpointNotAllowed: "aws_credential_endpoint_not_allowed"
        case .endpointFailed: "aws_credential_endpoint_failed"
        case .endpointRefused: "aws_credential_endpoint_refused"
        case .unreadableAnswer: "aws_credential_endpoint_unreadable"
        }
    }

    package var description: String {
        switch self {
        case .none:
            "No AWS credentials: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_PROFILE, or give the ECS task a task role."
        case .halfInEnvironment(let missing): "One half of the AWS credentials is missing: set \(missing) too."
        case .noSuchProfile(let name, let file):
            "There is no profile '\(name)' in \(file): check AWS_PROFILE and AWS_SHARED_CREDENTIALS_FILE."
        case .unreadableFile(let file, let setting, let reason):
            "The file \(file) cannot be read (\(reason)): check \(setting) and the file's permissions."
        case .profileWithoutKeys(let name, let file):
            "The profile '\(name)' in \(file) has no aws_access_key_id and aws_secret_access_key: only profiles with keys are understood; check AWS_PROFILE."
        case .endpointNotAllowed:
            "AWS_CONTAINER_CREDENTIALS_FULL_URI must be https, or http on this machine or at the address of ECS or EKS; credentials are fetched from nowhere else."
        case .endpointFailed(let reason):
            "The task's credentials could not be fetched from the container endpoint: \(reason)"
        case .endpointRefused(let status):
            "The container endpoint refused to give credentials (status \(status)): check the task role and AWS_CONTAINER_AUTHORIZATION_TOKEN(_FILE)."
        case .unreadableAnswer:
            "The container endpoint's answer is not one with credentials: check AWS_CONTAINER_CREDENTIALS_FULL_URI."
        }
    }
}
