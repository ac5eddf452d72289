import AWS
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
        guard let table = configuration.directoryTable else {
            let directory = try SQLiteDirectory(path: configuration.directoryPath)
            return DirectoryStore(people: directory, personalData: [ActivityOfPerson(directory)]) {
                await directory.close()
            }
        }
        let clients = CloudClients(configuration.environment, log: log)
        do {
            try await CloudChat.checkTable(table, clients)
            let directory = CloudDirectory(
                dynamo: try clients.table(table), patience: try clients.standInPatience())
            return DirectoryStore(people: directory, personalData: [ActivityOfPerson(directory)]) {
                await clients.http.shutDown()
            }
        } catch {
            await clients.http.shutDown()
            throw error
        }
    }
}
