import Foundation
import Glibc
import SQLite
import Testing

/// A commit that fails although it stands in the log already: there is no room for the log's index. On a file system of
/// its own, which only root may mount.
@Suite(.timeLimit(.minutes(10))) struct FailedCommitTests {
    /// Frames of the log that one page of its index holds, the first of which also has a head.
    private static let framesOfAPage = 4062

    @Test("A write that was told to have failed is not there after a kill either", .enabled(if: geteuid() == 0))
    func isNotThereAfterAKill() async throws {
        let folder = try TemporaryFolder()
        let place = folder.file("disk")
        #expect(mkdir(place, 0o700) == 0)
        // In a container root may not, either.
        guard mount("tmpfs", place, "tmpfs", 0, "size=40m") == 0 else { return }
        defer { umount2(place, Int32(MNT_DETACH)) }
        let path = place + "/test.sqlite"
        let schema = [Migration(1, "CREATE TABLE item (number INTEGER)")]
        let pool = try ConnectionPool(path: path, migrations: schema)
        try await pool.write { try $0.execute("PRAGMA wal_autocheckpoint = 0") }
        while try Self.size(path + "-wal") / 4120 < Self.framesOfAPage - 2 { try await Self.insert(0, pool) }
        try Self.fill(place, butFor: 24 << 10)
        var failed = 0
        for number in 1...20 {
            do { try await Self.insert(number, pool) } catch { failed = failed == 0 ? number : failed }
        }
        #expect(failed > 0)
        // SIGKILL: the files as they are, but for the index, which is made anew.
        let heir = folder.file("heir.sqlite")
        for suffix in ["", "-wal"] { try FileManager.default.copyItem(atPath: path + suffix, toPath: heir + suffix) }
        let later = try ConnectionPool(path: heir, migrations: schema)
        let there = try await later.read { try $0.row("SELECT max(number) FROM item", [], { $0.int(0) }) }
        #expect(there == failed - 1)
        await later.close()
        await pool.close()
    }

    private static func insert(_ number: Int, _ pool: ConnectionPool) async throws {
        try await pool.write { try $0.run("INSERT INTO item (number) VALUES (?)", [SQLValue(number)]) }
    }

    private static func size(_ path: String) throws -> Int {
        try FileManager.default.attributesOfItem(atPath: path)[.size] as? Int ?? 0
    }

    private static func fill(_ place: String, butFor room: Int) throws {
        var figures = statvfs()
        #expect(statvfs(place, &figures) == 0)
        let file = open(place + "/ballast", O_CREAT | O_WRONLY, 0o600)
        defer { close(file) }
        #expect(posix_fallocate(file, 0, off_t(Int(figures.f_bavail) * Int(figures.f_bsize) - room)) == 0)
    }
}
