import Support

/// What a part of the program keeps of a person, for the export and the erasure that the law gives them (GDPR, articles 15,
/// 17 and 20). Whoever keeps such a thing hands one of these to the API.
package protocol PersonalData: Sendable {
    /// Under which name it stands in the export; camelCase.
    var exportName: String { get }
    /// All of it that is not the conversations themselves; bounded by what one person can make.
    func export(of user: UserID) async throws -> any Encodable & Sendable
    /// Deletes it for good. Called again when it failed half way.
    func erase(_ user: UserID) async throws
}

extension PersonalData {
    /// For what goes with something that is erased anyway: conversations (`Erasure`), the account, the trail.
    package func erase(_ user: UserID) async throws {}
}
