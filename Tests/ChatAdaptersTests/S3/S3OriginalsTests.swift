import AWS
import Foundation
import Support
import TestSupport
import Testing

@testable import ChatAdapters

@Suite(.enabled(if: MotoServer.isInstalled, "\(MotoServer.missing)"))
struct S3OriginalsTests {
    @Test func originalsAreKeptOnceAndComeBackWhole() async throws {
        let house = try await CloudHouse("originals-whole")
        let originals = S3Originals(house.bucket, prefix: "")
        let content = Array("uma apostila".utf8)
        let (path, hash) = (try house.folder.write(content, to: "upload"), SHA256.hex(content))
        #expect(try await !originals.has(hash))
        try await originals.keep(path, hash: hash)
        try await originals.keep(path, hash: hash)
        let copy = house.folder.file("copy")
        try await originals.fetch(hash, to: copy)
        #expect(try Array(Data(contentsOf: URL(filePath: copy))) == content)
        let page = try await originals.page()
        #expect(page.originals.map(\.hash) == [hash])
        #expect(page.end == nil)
        try await originals.remove(hash)
        #expect(try await !originals.has(hash))
        await #expect { try await originals.fetch(hash, to: copy + "2") } throws: {
            ($0 as? AWSError)?.kind == .missingObject
        }
    }

    @Test func aDamagedOriginalIsNotTaken() async throws {
        let house = try await CloudHouse("originals-damaged")
        let originals = S3Originals(house.bucket, prefix: "p")
        let hash = SHA256.hex(Array("one".utf8))
        try await house.bucket.put("p/originals/\(hash)", Array("two".utf8))
        let target = house.folder.file("copy")
        await #expect(throws: CloudDocumentsError.damaged(key: "p/originals/\(hash)")) {
            try await originals.fetch(hash, to: target)
        }
        #expect(try FileManager.default.contentsOfDirectory(atPath: house.folder.path).isEmpty)
    }
}
