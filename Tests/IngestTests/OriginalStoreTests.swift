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
