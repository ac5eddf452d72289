import ChatService
import Support
import TestSupport

@testable import ChatAdapters

/// The ports that one directory of people offers.
typealias PeopleDirectory = Memberships & AuditTrail & Policies & APITokens & Accounts & SignIns & Invitations
    & PlatformRegistrations & ActivityRecord

/// One directory with a clock of its own.
final class DirectoryUnderTest {
    let time: ManualTime
    let directory: any PeopleDirectory
    /// The folder of SQLite's file.
    private let folder: TemporaryFolder?

    init(_ kind: StoreKind) throws {
        let time = ManualTime()
        self.time = time
        switch kind {
        case .sqlite:
            let folder = try TemporaryFolder()
            directory = try SQLiteDirectory(path: folder.file(SQLiteDirectory.fileName), time: time)
            self.folder = folder
        case .cloud, .moto:
            let table: any ItemTable = kind == .cloud ? MemoryTable() : MotoTable(bench: MotoBench())
            directory = Self.cloud(table, time: time)
            folder = nil
        }
    }

    static func cloud(_ table: any ItemTable, doubts: Int = 2, time: ManualTime) -> CloudDirectory {
        var parameters = CloudParameters()
        parameters.pauses = Backoff(base: .milliseconds(1), cap: .milliseconds(4))
        (parameters.tries, parameters.doubts) = (200, doubts)
        return CloudDirectory(table: table, parameters: parameters, time: time)
    }
}
