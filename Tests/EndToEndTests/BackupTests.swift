import ChatAdapters
import ChatService
import CourseStore
import Foundation
import Glibc
import Support
import Testing

@testable import Commands

/// `gepeto backup`: whole or not at all, and what is copied back serves.
@Suite struct BackupTests {
    private let scratch: Scratch
    private let program: Program
    private var target: String { scratch.path + "/backup" }

    init() async throws {
        scratch = try Scratch()
        program = Program(data: scratch.path + "/data")
        try scratch.write("docs/heaps.md", Data("# Heaps\n\nA heap keeps its smallest element at the root.\n".utf8))
    }

    private func ingest(_ course: String = "c") async {
        let outcome = await program.run("ingest", scratch.path + "/docs", "--course", course)
        #expect(outcome.code == 0, "\(outcome.complaints)")
    }

    private func manifest(_ folder: String? = nil) throws -> Backup.Manifest {
        let bytes = try Data(contentsOf: URL(filePath: (folder ?? target) + "/manifest.json"))
        return try JSONDecoder().decode(Backup.Manifest.self, from: bytes)
    }

    private func mode(_ path: String) -> UInt32 {
        var status = stat()
        return lstat(path, &status) == 0 ? status.st_mode & 0o777 : 0
    }

    private func submission(_ number: Int, in conversation: String? = nil) throws -> Submission {
        Submission(
            user: .local, message: "question \(number)", course: try CourseID("c"), traceID: "t",
            conversationID: conversation)
    }

    /// Everything below a folder, sorted.
    private func names(_ folder: String) throws -> [String] {
        try FileManager.default.subpathsOfDirectory(atPath: folder).sorted()
    }

    // MARK: The copy

    @Test func whatIsCopiedWhileOthersWriteIsWholeAndServes() async throws {
        await ingest()
        let store = try SQLiteChatStore(path: program.data + "/gepeto.sqlite")
        let first = try await store.accept(try submission(0))
        let stopping = Latch()
        let began = Latch()
        // Questions come in, and a course grows, for as long as the backup takes.
        let writing = Task {
            var number = 0
            while !stopping.isOpen {
                number += 1
                _ = try await store.accept(try submission(number, in: first.conversationID))
                if number == 20 { began.open() }
            }
            return number
        }
        let loading = Task {
            var number = 0
            while !stopping.isOpen {
                number += 1
                let path = try scratch.write(
                    "more/\(number).md", Data("# Part \(number)\n\nThe tree has \(number) leaves.\n".utf8))
                #expect(await program.run("ingest", path, "--course", "c").code == 0)
            }
        }
        await began.wait()
        let outcome = await program.run("backup", target, "--json")
        stopping.open()
        let written = try await writing.value
        try await loading.value
        await store.close()
        #expect(outcome.code == 0, "\(outcome.complaints)")
        #expect(!outcome.complaints.contains("gepeto backup"), "\(outcome.complaints)")

        // What the manifest says is there, and nothing else.
        let manifest = try manifest()
        #expect(manifest.warnings.isEmpty && manifest.gepeto == Gepeto.version)
        for file in manifest.files {
            let bytes = try Data(contentsOf: URL(filePath: "\(target)/\(file.path)"))
            #expect(bytes.count == file.bytes && SHA256.hex(bytes) == file.sha256)
            #expect(mode("\(target)/\(file.path)") == 0o600)
        }
        let expected = manifest.files.map(\.path) + ["courses", "originals", "manifest.json"]
        #expect(try names(target) == expected.sorted())
        for folder in ["", "/courses", "/originals"] { #expect(mode(target + folder) == 0o700) }

        // Copied back, it is a data folder: every question up to one moment, and none after it.
        let restored = Program(data: scratch.path + "/restored")
        try FileManager.default.copyItem(atPath: target, toPath: restored.data)
        try await SQLiteChatStore.checkFile(at: restored.data + "/gepeto.sqlite")
        try await CourseFile.checkFile(at: restored.data + "/courses/c.sqlite")
        let copy = try SQLiteChatStore(path: restored.data + "/gepeto.sqlite")
        let messages = try await copy.messages(of: first.conversationID, user: .local, after: nil, limit: 100_000)
        let asked = try #require(messages?.items.map(\.content))
        #expect(asked.count >= 20 && asked.count <= written + 1)
        #expect(asked == (0..<asked.count).map { "question \($0)" })
        #expect(try await copy.depth() == asked.count)
        await copy.close()
        let found = await restored.run("search", "heap smallest element", "--course", "c")
        #expect(found.code == 0 && found.output.contains("smallest element at the root"), "\(found.complaints)")
        #expect(await restored.run("doctor").output.contains("ok    conversations"))
        #expect(await restored.run(["serve", "--port", "0"]) {}.code == 0)
    }

    @Test func coursesWithoutConversationsAndAnEmptyFolderThatIsThere() async throws {
        await ingest()
        await ingest("d")
        try FileManager.default.createDirectory(atPath: target + "/lost+found", withIntermediateDirectories: true)
        let outcome = await program.run("backup", target)
        #expect(
            outcome.code == 0 && outcome.output.hasPrefix("\(target): 2 courses, 1 originals"), "\(outcome.complaints)")
        #expect(
            try names(target).filter { !$0.hasPrefix("originals/") } == [
                "courses", "courses/c.sqlite", "courses/d.sqlite", "lost+found", "manifest.json", "originals",
            ])
    }

    @Test func damagedAndMissingOriginalsAreNamed() async throws {
        try scratch.write("docs/stacks.md", Data("# Stacks\n\nA stack gives back last what came first.\n".utf8))
        await ingest()
        let originals = try FileManager.default.contentsOfDirectory(atPath: program.data + "/originals").sorted()
        try #require(originals.count == 2)
        try Data("x".utf8).write(to: URL(filePath: "\(program.data)/originals/\(originals[0])"))
        try FileManager.default.removeItem(atPath: "\(program.data)/originals/\(originals[1])")
        try scratch.write("data/originals/.upload-1", Data("half".utf8))
        let outcome = await program.run("backup", target)
        #expect(outcome.code == 0)
        #expect(outcome.complaints.contains("originals/\(originals[0]) is damaged"), "\(outcome.complaints)")
        #expect(outcome.complaints.contains("'c' has 1 documents whose originals are not"), "\(outcome.complaints)")
        #expect(try manifest().warnings.count == 2)
        #expect(try names(target + "/originals") == [originals[0]])
    }

    // MARK: What cannot be done

    @Test func wrongUsageIsExplained() async {
        await program.expect(["backup"], code: 2, "into which folder?")
        await program.expect(["backup", "a", "b"], code: 2, "one folder")
        await program.expect(["bakcup", "a"], code: 2, "Did you mean 'backup'?")
        #expect(await program.run("backup", "--help").output.contains("To restore"))
    }

    @Test func nothingToSave() async {
        await program.expect(["backup", target], code: 1, "neither a gepeto.sqlite nor a course")
        #expect(
            !FileManager.default.fileExists(atPath: target) && !FileManager.default.fileExists(atPath: program.data))
    }

    @Test func aFolderThatCannotBeTaken() async throws {
        await ingest()
        try scratch.write("backup/notes.txt", Data("mine".utf8))
        await program.expect(["backup", target], code: 1, "is not empty")
        #expect(try names(target) == ["notes.txt"])
        let file = try scratch.write("file", Data("mine".utf8))
        await program.expect(["backup", file], code: 1, "is no folder")
        await program.expect(["backup", scratch.path + "/no/such"], code: 1, "check that the folder above it is there")
        // No one, not even root, can make a folder there.
        await program.expect(["backup", "/proc/gepeto-backup"], code: 1, "cannot be written to")
    }

    @Test func aDamagedDatabaseLeavesNothing() async throws {
        await ingest()
        try scratch.write("data/courses/bad.sqlite", Data(repeating: 0x2a, count: 5_000))
        await program.expect(["backup", target], code: 1, "is not an SQLite database")
        #expect(!FileManager.default.fileExists(atPath: target))
    }

    /// A limit on the size of files stands for a full disk; 100 blocks are less than a course file takes.
    @Test(
        .disabled(if: BadDataFolderTests.underThreadSanitizer, BadDataFolderTests.needsFiles), arguments: [0, 8, 100])
    func aFullDiskLeavesNothing(_ blocks: Int) async throws {
        await ingest()
        let full = try await program.runChild(after: "ulimit -f \(blocks)", ["backup", target])
        #expect(full.code == 1 && full.complaints.contains("is full"), "\(full.complaints)")
        #expect(full.complaints.contains("another disk"), "\(full.complaints)")
        #expect(!FileManager.default.fileExists(atPath: target))
        #expect(await program.run("backup", target).code == 0)
    }

    @Test(arguments: ["originals/", "gepeto.sqlite", "courses/c.sqlite"])
    func oneThatIsStoppedLeavesNothing(_ moment: String) async throws {
        await ingest()
        await (try SQLiteChatStore(path: program.data + "/gepeto.sqlite")).close()
        let stopped = Task {
            try await Backup(data: program.data, target: target) { file in
                if file.hasPrefix(moment) { withUnsafeCurrentTask { $0?.cancel() } }
            }.run()
        }
        await #expect(throws: CancellationError.self) { try await stopped.value }
        #expect(!FileManager.default.fileExists(atPath: target))
    }

    @Test func theVerbCanBeStopped() async throws {
        await ingest()
        let outcome = await program.run(["backup", target]) {}
        // Stopped at once, it may have been quicker; then it is whole.
        guard outcome.code != 0 else {
            #expect(try !manifest().files.isEmpty)
            return
        }
        #expect(
            outcome.code == 1 && outcome.complaints.contains("stopped before it was whole"), "\(outcome.complaints)")
        #expect(!FileManager.default.fileExists(atPath: target))
    }
}
