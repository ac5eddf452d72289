import FoundationEssentials
import Glibc
import Support
import TestSupport
import Testing

@testable import Extraction
@testable import Ingest

@Suite struct OriginalStoreTests {
    @Test func keepsWholeFilesOnly() throws {
        let folder = try TemporaryFolder()
        let file = try folder.write("a.txt", "content")
        let store = OriginalStore(folder: folder.path + "/deep/originals")
        let hash = SHA256.hex("content".utf8)
        try store.keep(file, hash: hash)
        try store.keep(file, hash: hash)
        #expect(try String(contentsOfFile: "\(store.folder)/\(hash)", encoding: .utf8) == "content")
        #expect(throws: IngestError.changedMeanwhile) { try store.keep(file, hash: SHA256.hex("other".utf8)) }
        #expect(try FileManager.default.contentsOfDirectory(atPath: store.folder) == [hash])
    }

    @Test func adoptsAFileThatWasUploaded() throws {
        let folder = try TemporaryFolder()
        let store = OriginalStore(folder: folder.path + "/originals")
        let hash = SHA256.hex("content".utf8)
        for _ in 0..<2 {
            let upload = try folder.write("upload", "content")
            try store.adopt(temporaryFile: upload, hash: hash)
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["originals"])
            #expect(try String(contentsOfFile: store.path(of: hash), encoding: .utf8) == "content")
        }
        let other = SHA256.hex("other".utf8)
        #expect(throws: IngestError.self) { try store.adopt(temporaryFile: folder.file("nowhere"), hash: other) }
        try store.remove(hash)
        try store.remove(hash)
        try store.remove("../../etc/passwd")
        #expect(try FileManager.default.contentsOfDirectory(atPath: store.folder).isEmpty)
    }

    @Test func knowsWhatNoDocumentNeeds() throws {
        let folder = try TemporaryFolder()
        let store = OriginalStore(folder: folder.path)
        let hashes = ["a", "b", "c"].map { SHA256.hex($0.utf8) }.sorted()
        for name in hashes + [".\(hashes[0]).1.partial", "notes.txt"] { try folder.write(name, "x") }
        #expect(store.unused(inUse: [hashes[1]], olderThan: .zero) == [hashes[0], hashes[2]])
        #expect(store.unused(inUse: [hashes[1]]).isEmpty, "what has just come may be on its way into a course")
        #expect(OriginalStore(folder: folder.path + "/none").unused(inUse: []).isEmpty)
    }

    @Test func saysWhyItCannot() throws {
        let folder = try TemporaryFolder()
        let file = try folder.write("a.txt", "content")
        let store = OriginalStore(folder: file + "/not-a-folder")
        #expect(throws: IngestError.self) { try store.keep(file, hash: SHA256.hex("content".utf8)) }
    }

    private func names(_ folder: TemporaryFolder) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
    }

    @Test func sweepsWhatAKilledRunLeft() throws {
        let folder = try TemporaryFolder()
        let hash = SHA256.hex("x".utf8)
        for name in [".\(hash).1.partial", ".link-1.csv", ".upload-1", hash] { try folder.write(name, "x") }
        // A link has the times of the document that it stands for: they say nothing.
        var times = [timeval(tv_sec: 1_000, tv_usec: 0), timeval(tv_sec: 1_000, tv_usec: 0)]
        utimes(folder.file(".link-1.csv"), &times)
        let store = OriginalStore(folder: folder.path)
        store.sweep()
        #expect(try names(folder).count == 4)
        store.sweep(now: SystemTime().now + .seconds(90_000))
        #expect(try names(folder) == [".upload-1", hash])
    }

    @Test func tidiesUpWhenAServerStarts() throws {
        let folder = try TemporaryFolder()
        let (used, unused) = (SHA256.hex("used".utf8), SHA256.hex("unused".utf8))
        for name in [".link-1.csv", used, unused] { try folder.write(name, "x") }
        let store = OriginalStore(folder: folder.path)
        let later = SystemTime().now + .seconds(90_000)
        #expect(try store.tidy(inUse: [used]) == 0)
        #expect(try names(folder) == [used, unused].sorted(), "links go at once, originals after a day")
        #expect(try store.tidy(inUse: nil, now: later) == 0)
        #expect(try store.tidy(inUse: [used], now: later) == 1)
        #expect(try names(folder) == [used])
        #expect(try OriginalStore(folder: folder.file("none")).tidy(inUse: []) == 0)
        #expect(try names(folder) == [used], "nothing is made")
    }

    @Test func anOriginalThatWasCutShortIsReplaced() throws {
        let folder = try TemporaryFolder()
        let store = OriginalStore(folder: folder.file("originals"))
        let hash = SHA256.hex("content".utf8)
        let file = try folder.write("a.txt", "content")
        for take in [{ try store.keep(file, hash: hash) }, { try store.adopt(temporaryFile: file, hash: hash) }] {
            try folder.write("originals/\(hash)", "cont")
            try take()
            #expect(try String(contentsOfFile: store.path(of: hash), encoding: .utf8) == "content")
        }
    }

    @Test func nothingIsRemovedWhileADocumentIsBroughtIn() async throws {
        let folder = try TemporaryFolder()
        let hash = SHA256.hex("content".utf8)
        let file = try folder.write("a.txt", "content")
        let store = OriginalStore(folder: folder.file("originals"))
        try store.keep(file, hash: hash)
        let other = OriginalStore(folder: store.folder)
        let later = SystemTime().now + .seconds(90_000)
        try await store.whileNoneIsRemoved {
            try await store.whileNoneIsRemoved {}
            try other.remove(hash)
            #expect(try other.tidy(inUse: [], now: later) == 0)
            #expect(try await !other.remove(hash, unless: { false }))
        }
        #expect(try await !other.remove(hash, unless: { true }))
        #expect(access(store.path(of: hash), F_OK) == 0)
        #expect(try await other.remove(hash, unless: { false }))
        #expect(access(store.path(of: hash), F_OK) != 0)
    }
}
