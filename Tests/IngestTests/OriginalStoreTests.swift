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

    @Test func sweepsWhatAKilledRunLeft() throws {
        let folder = try TemporaryFolder()
        let hash = SHA256.hex("x".utf8)
        for name in [".\(hash).1.old", ".\(hash).1.new", hash] { try folder.write(name, "x") }
        var times = [timeval(tv_sec: 1_000, tv_usec: 0), timeval(tv_sec: 1_000, tv_usec: 0)]
        utimes(folder.path + "/.\(hash).1.old", &times)
        utimes(folder.path + "/\(hash)", &times)
        OriginalStore(folder: folder.path).sweep()
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted() == [".\(hash).1.new", hash])
    }
}
