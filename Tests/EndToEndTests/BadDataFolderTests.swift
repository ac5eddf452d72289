import Foundation
import Glibc
import Support
import Testing

/// A data folder, a disk or a port that cannot be used: one sentence that says what to do, and nothing is lost.
@Suite struct BadDataFolderTests {
    private let scratch: Scratch
    private let program: Program
    private let heaps: String

    init() throws {
        scratch = try Scratch()
        program = Program(data: scratch.path + "/data")
        heaps = try scratch.write(
            "docs/heaps.md", Data("# Heaps\n\nA heap keeps its smallest element at the root.\n".utf8))
    }

    /// Whether permissions bind this process; they do not bind root.
    private static let isBoundByPermissions = geteuid() != 0

    private func expectHeaps() async {
        let found = await program.run("search", "heap smallest element", "--course", "c")
        #expect(found.code == 0 && found.output.contains("smallest element at the root"), "\(found.complaints)")
    }

    // MARK: Versions and permissions

    /// Raises the schema's version: `user_version` is the big-endian word at offset 60 of the database header.
    private func makeNewer(_ file: String) throws {
        let file = URL(filePath: file)
        var bytes = try Data(contentsOf: file)
        bytes.replaceSubrange(60..<64, with: [0, 0, 0x7f, 0xff])
        try bytes.write(to: file)
        for tail in ["-wal", "-shm"] { try? FileManager.default.removeItem(atPath: file.path() + tail) }
    }

    @Test func aCourseOfANewerVersionIsRefused() async throws {
        _ = await program.run("ingest", heaps, "--course", "c")
        try makeNewer(program.data + "/courses/c.sqlite")
        await program.expect(["search", "x", "--course", "c"], code: 1, "newer gepeto")
        await program.expect(["ingest", heaps, "--course", "c"], code: 1, "newer gepeto")
    }

    @Test func aChatStoreOfANewerVersionIsRefused() async throws {
        let served = await program.run(["serve", "--port", "0"]) {}
        #expect(served.code == 0, "\(served.complaints)")
        let store = program.data + "/gepeto.sqlite"
        try makeNewer(store)
        let before = try Data(contentsOf: URL(filePath: store))
        await program.expect(["serve", "--port", "0"], code: 1, "newer gepeto")
        #expect(try Data(contentsOf: URL(filePath: store)) == before)
    }

    /// No one, not even root, can make a file in /proc, and a file is no folder.
    @Test(arguments: ["/proc/gepeto", "FILE"])
    func aDataFolderThatCannotBeMade(_ folder: String) async throws {
        let folder = folder == "FILE" ? try scratch.write("file", Data("x".utf8)) : folder
        let other = Program(data: folder)
        await other.expect(["ingest", heaps, "--course", "c"], code: 1, "check that its folder exists")
        await other.expect(["serve", "--port", "0"], code: 1, "check that its folder exists")
    }

    @Test(.enabled("root may write everywhere", { Self.isBoundByPermissions }))
    func aReadOnlyDataFolder() async throws {
        _ = await program.run("ingest", heaps, "--course", "c")
        let folders = [program.data, program.data + "/courses", program.data + "/originals"]
        for folder in folders { chmod(folder, 0o500) }
        defer { for folder in folders { chmod(folder, 0o700) } }
        let more = try scratch.write("more.md", Data("# Queues\n\nA queue is served from its front.\n".utf8))
        let outcome = await program.run("ingest", more, "--course", "c")
        #expect(outcome.code == 1)
        #expect((outcome.output + outcome.complaints).contains(#/permission|may write/#))
        await program.expect(["serve", "--port", "0"], code: 1, "may write")
    }

    @Test func aDatabaseThatIsNone() async throws {
        try scratch.write("data/courses/c.sqlite", Data(repeating: 0x2a, count: 5_000))
        await program.expect(["search", "x", "--course", "c"], code: 1, "move it away")
        await program.expect(["ingest", heaps, "--course", "c"], code: 1, "move it away")
    }

    // MARK: A full disk

    /// These run everywhere else, the address sanitizer included.
    static let needsFiles: Comment = "the thread sanitizer's own memory is files, whose size the test limits"
    static let underThreadSanitizer = ProcessInfo.processInfo.environment["TEST_SANITIZER"] == "thread"

    /// A limit on the size of files stands for a full disk: the system's answer to a write differs in its number only,
    /// and it needs no right to mount anything. 200 blocks of 512 bytes hold a small course, not a large document.
    @Test(.disabled(if: Self.underThreadSanitizer, Self.needsFiles)) func aFullDiskLosesNothing() async throws {
        #expect(await program.run("ingest", heaps, "--course", "c").code == 0)
        let large = (1...90).map { "## Part \($0)\n\nThe \($0)th part speaks of trees and of their leaves.\n" }
        try scratch.write("docs/large.md", Data(("# Trees\n\n" + large.joined(separator: "\n")).utf8))
        let full = try await program.runChild(
            after: "ulimit -f 200", ["ingest", scratch.path + "/docs", "--course", "c"])
        #expect(full.code == 1, "\(full.output)\(full.complaints)")
        #expect(full.output.contains("The disk is full") && full.output.contains("free some space"), "\(full.output)")
        #expect(full.output.contains("1 unchanged, 1 failed"), "\(full.output)")
        await expectHeaps()
        let again = await program.run("ingest", scratch.path + "/docs", "--course", "c")
        #expect(again.code == 0 && again.output.contains("1 added, 1 unchanged"), "\(again.output)")
        await expectHeaps()
    }

    @Test(.disabled(if: Self.underThreadSanitizer, Self.needsFiles), arguments: [8, 40])
    func aDiskTooFullToBegin(_ blocks: Int) async throws {
        for words in [["ingest", heaps, "--course", "c"], ["serve", "--port", "0"]] {
            let full = try await program.runChild(after: "ulimit -f \(blocks)", words)
            #expect(full.code == 1 && full.complaints.contains("The disk is full"), "\(full.complaints)")
        }
        #expect(await program.run("ingest", heaps, "--course", "c").code == 0)
        await expectHeaps()
        #expect(await program.run(["serve", "--port", "0"]) {}.code == 0)
    }

    // MARK: The port

    @Test func aPortInUse() async throws {
        let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(listener) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isListening = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(listener, $0, length) == 0 && listen(listener, 1) == 0 && getsockname(listener, $0, &length) == 0
            }
        }
        try #require(isListening)
        let port = UInt16(bigEndian: address.sin_port)
        await program.expect(["serve", "--port", "\(port)"], code: 1, "Port \(port) on 127.0.0.1 is already in use")
        await program.expect(["serve", "--port", "\(port)"], code: 1, "choose another port with --port")
    }
}
