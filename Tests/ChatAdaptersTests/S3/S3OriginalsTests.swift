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
        let listed = try await house.bucket.list("originals/")
        #expect(listed.objects.map(\.key) == ["originals/\(hash)"])
        #expect(listed.end == nil)
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

    @Test func copiesAreFetchedWhenNeededAndTheOldestGo() async throws {
        let house = try await CloudHouse("originals-copies")
        let originals = S3Originals(house.bucket, prefix: "p")
        var hashes: [String] = []
        for number in 0..<4 {
            let content = [UInt8](repeating: UInt8(number), count: 1_000)
            hashes.append(SHA256.hex(content))
            try await originals.keep(house.folder.write(content, to: "u\(number)"), hash: hashes[number])
        }
        let folder = house.folder.file("copies")
        let copies = OriginalCopies(originals, folder: folder, limit: 2_500, time: house.time)
        func here() throws -> Set<String> { Set(try FileManager.default.contentsOfDirectory(atPath: folder)) }
        for number in 0..<3 {
            #expect(try await copies.path(of: hashes[number]) == "\(folder)/\(hashes[number])")
            house.time.advance(by: .seconds(60))
        }
        // Asked for a moment ago: all stay.
        #expect(try here() == Set(hashes[..<3]))
        house.time.advance(by: OriginalCopies.grace)
        _ = try await copies.path(of: hashes[0])
        _ = try await copies.path(of: hashes[3])
        #expect(try here() == [hashes[0], hashes[3]])
        try await copies.remove(hashes[3])
        #expect(try here() == [hashes[0]])
        await #expect { try await copies.path(of: hashes[3]) } throws: {
            ($0 as? AWSError)?.kind == .missingObject
        }
        try house.folder.write([UInt8](repeating: 3, count: 1_000), to: "copies/\(hashes[3])")
        try await copies.keep(hashes[3], from: house.folder.file("copies/\(hashes[3])"))
        #expect(try await originals.has(hashes[3]))
    }
}
