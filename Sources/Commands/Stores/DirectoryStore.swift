import ChatAdapters
import ChatService
import Support

/// Users, members and rules, wherever the settings say that they are kept.
struct DirectoryStore: Sendable {
    let people: any Stores.People
    /// What an export of a person holds of them.
    let personalData: [any PersonalData]
    let close: @Sendable () async -> Void

    /// - Throws: what says which setting is wrong.
    static func open(_ configuration: Configuration, log: Log) async throws -> DirectoryStore {
        guard configuration.directoryTable == nil else {
            throw CommandFailure("bad_setting", "GEPETO_DIRECTORY=dynamodb: is not built into this version.")
        }
        let directory = try SQLiteDirectory(path: configuration.directoryPath)
        return DirectoryStore(people: directory, personalData: [ActivityOfPerson(directory)]) {
            await directory.close()
        }
    }
}
