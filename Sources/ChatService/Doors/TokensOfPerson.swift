import Support

/// A person's API tokens, for their export and their erasure.
struct TokensOfPerson: PersonalData {
    let tokens: any APITokens
    let exportName = "apiTokens"

    func export(of user: UserID) async throws -> any Encodable & Sendable {
        try await tokens.tokens(of: user).map { TokenView($0) }
    }

    func erase(_ user: UserID) async throws { try await tokens.revokeAll(of: user) }
}
