import Foundation
import TestSupport
import Testing

@testable import WebServer

/// Small files in memory.
@Suite struct FileCacheTests {
    private static func cached(_ path: String, _ text: String) throws -> CachedFile {
        let file = try OpenFile(path: path)
        let bytes = file.head(file.size)
        #expect(bytes == Array(text.utf8))
        return CachedFile(
            file, HTTPResponse(status: 200, headers: ["etag": "\"t\"", "content-type": "x"], body: .bytes(bytes)))
    }

    @Test func onlyTheFileThatIsStillOnDiskIsFound() throws {
        let folder = try TemporaryFolder()
        let path = folder.file("a.txt")
        // A fresh file is not kept: its next change might look the same.
        try "one".write(toFile: path, atomically: false, encoding: .utf8)
        let fresh = FileCache()
        fresh.keep(try Self.cached(path, "one"), at: path)
        #expect(fresh.find(path) == nil)

        let old = try Self.cached(#filePath, String(contentsOfFile: #filePath, encoding: .utf8))
        let cache = FileCache()
        cache.keep(old, at: #filePath)
        #expect(cache.find(#filePath) != nil)
        // Another file in its place, or none.
        cache.keep(old, at: path)
        #expect(cache.find(path) == nil)
        cache.keep(old, at: path + "-missing")
        #expect(cache.find(path + "-missing") == nil)
    }

    @Test func aKnownTagIsAnsweredWithoutTheBytes() throws {
        let known = try Self.cached(#filePath, String(contentsOfFile: #filePath, encoding: .utf8))
        #expect(known.response(to: []).status == 200 && known.response(to: ["\"other\""]).status == 200)
        for tags in [["\"t\""], ["W/\"t\""], ["*"], ["\"x\"", "\"t\""]] {
            let unchanged = known.response(to: tags)
            #expect(unchanged.status == 304 && unchanged.headers["etag"] == "\"t\"")
            #expect(unchanged.headers["content-type"] == nil)
        }
    }
}
