import Foundation
import Support
import TestSupport
import Testing

@testable import AWS

@Suite(.enabled(if: MotoServer.isInstalled, "\(MotoServer.missing)"))
struct S3Tests {
    @Test(arguments: [
        "plain.txt", "with space+plus&amp=%25", "olá/ação 日本語😀.pdf", "quotes\"'`<>[]{}|\\^#?", "trailing/",
        "at@:;,=!*()$~",
    ])
    func keysMayHaveAwkwardCharacters(key: String) async throws {
        let house = try await MotoHouse()
        let name = "keys-" + SHA256.hex(key.utf8).prefix(12)
        let bucket = try await house.bucket(String(name))
        let etag = try await bucket.put(key, Array(key.utf8), deadline: MotoHouse.patience)
        let object = try #require(await bucket.get(key, limit: 1_000, deadline: MotoHouse.patience))
        #expect(object.content == Array(key.utf8))
        #expect(object.etag == etag)
        #expect(try await bucket.list("", deadline: MotoHouse.patience).objects.map(\.key) == [key])
        try await bucket.delete(key, deadline: MotoHouse.patience)
        #expect(try await bucket.head(key, deadline: MotoHouse.patience) == nil)
    }

    @Test func conditionsAreHeld() async throws {
        let bucket = try await MotoHouse().bucket("conditions")
        let first = try await bucket.put("pointer", [1], if: .absent, deadline: MotoHouse.patience)
        let isCondition: (any Error) -> Bool = { ($0 as? AWSError)?.kind == .condition }
        await #expect(
            performing: { try await bucket.put("pointer", [2], if: .absent, deadline: MotoHouse.patience) },
            throws: isCondition)
        let second = try await bucket.put("pointer", [3], if: .over(etag: first), deadline: MotoHouse.patience)
        await #expect(
            performing: { try await bucket.put("pointer", [4], if: .over(etag: first), deadline: MotoHouse.patience) },
            throws: isCondition)
        #expect(try await bucket.get("pointer", limit: 9, unless: second, deadline: MotoHouse.patience) == nil)
        #expect(try await bucket.get("pointer", limit: 9, unless: first, deadline: MotoHouse.patience)?.content == [3])
    }

    @Test func filesGoThereAndBackInParts() async throws {
        let (bucket, folder) = (try await MotoHouse().bucket("files"), try TemporaryFolder())
        // Over one part's size; the second part is short.
        let content = (0..<(S3.partSize + 12_345)).map { UInt8(truncatingIfNeeded: $0 &* 31) }
        for (name, content) in [("small", Array("few words".utf8)), ("empty", []), ("large", content)] {
            let path = try folder.write(content, to: name)
            let etag = try await bucket.put("f/\(name)", from: path, if: .absent)
            let copy = folder.file(name + ".copy")
            let download = try await bucket.get("f/\(name)", to: copy, limit: 1 << 30)
            #expect(download.hash == SHA256.hex(content))
            #expect(download.size == Int64(content.count))
            #expect(download.etag == etag)
            #expect(try Array(Data(contentsOf: URL(filePath: copy))) == content)
            let head = try await bucket.head("f/\(name)", deadline: MotoHouse.patience)
            #expect(head == S3.Head(size: Int64(content.count), etag: etag))
        }
        // The parts of an upload that fails are given up.
        await #expect(throws: AWSError.self) {
            try await bucket.put("f/large", from: folder.file("large"), if: .absent)
        }
        let page = try await bucket.list("f/", most: 2, deadline: MotoHouse.patience)
        #expect(page.objects.map(\.key) == ["f/empty", "f/large"])
        let rest = try await bucket.list("f/", most: 2, after: page.end, deadline: MotoHouse.patience)
        #expect(rest.objects.map(\.key) == ["f/small"])
        #expect(rest.end == nil)
    }

    @Test func whatIsTooLargeLeavesNothing() async throws {
        let (bucket, folder) = (try await MotoHouse().bucket("large"), try TemporaryFolder())
        try await bucket.put("big", [UInt8](repeating: 7, count: 5_000), deadline: MotoHouse.patience)
        await #expect(throws: (any Error).self) { try await bucket.get("big", to: folder.file("big"), limit: 4_999) }
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).isEmpty)
        await #expect(throws: AWSError.self) { try await bucket.get("big", limit: 10, deadline: MotoHouse.patience) }
    }

    @Test func anAnswerThatBreaksOffIsFetchedAnew() async throws {
        let whole = [UInt8](repeating: 65, count: 300_000)
        let head = Array("HTTP/1.1 200 OK\r\nContent-Length: 300000\r\nETag: \"e\"\r\n\r\n".utf8)
        let server = try ScriptedServer([[.send(head + whole.prefix(100_000)), .close], [.send(head + whole)]])
        let client = AWSClient(
            try AWSEndpoint(.s3, region: "eu-west-1", url: server.url), credentials: CountingSource(),
            http: .init(log: .silent), time: HastyTime())
        let folder = try TemporaryFolder()
        let download = try await S3(client, bucket: "b").get("k", to: folder.file("k"), limit: 1 << 20)
        #expect(download.hash == SHA256.hex(whole))
        #expect(server.requests.count == 2)
    }

    @Test func anErrorAfterA200IsOne() async throws {
        let upload = "<InitiateMultipartUploadResult><UploadId>u</UploadId></InitiateMultipartUploadResult>"
        let server = try ScriptedServer([
            .response(200, upload), .response(200, headers: ["ETag: \"1\""]), .response(200, headers: ["ETag: \"2\""]),
            .response(200, "<Error><Code>InternalError</Code></Error>"), .response(204),
        ])
        let client = AWSClient(
            try AWSEndpoint(.s3, region: "eu-west-1", url: server.url), credentials: CountingSource(),
            http: .init(log: .silent), time: HastyTime())
        let folder = try TemporaryFolder()
        let path = try folder.write([UInt8](repeating: 1, count: S3.partSize + 1), to: "f")
        await #expect { try await S3(client, bucket: "b").put("k", from: path, if: .absent) } throws: {
            let error = $0 as? AWSError
            return error?.kind == .unavailable && error?.mayHaveHappened == true
        }
        #expect(server.requests.last?.line == "DELETE /b/k?uploadId=u HTTP/1.1")
    }

    @Test func whatIsMissingIsNamed() async throws {
        let house = try await MotoHouse()
        let bucket = try await house.bucket("missing")
        await #expect { try await bucket.get("nothing", limit: 9, deadline: MotoHouse.patience) } throws: {
            ($0 as? AWSError)?.kind == .missingObject
        }
        await #expect {
            try await S3(house.client(.s3), bucket: "nowhere").get("k", limit: 9, deadline: MotoHouse.patience)
        } throws: {
            ($0 as? AWSError)?.kind == .missing && ($0 as? AWSError)?.description.contains("GEPETO_DOCUMENTS") == true
        }
    }

    @Test func bucketsHaveHostsOfTheirOwn() throws {
        let region = ["AWS_REGION": "eu-west-1"]
        #expect(
            try S3.endpoint(bucket: "gepeto", environment: region).url == "https://gepeto.s3.eu-west-1.amazonaws.com")
        #expect(try S3.endpoint(bucket: "with.dots", environment: region).url == "https://s3.eu-west-1.amazonaws.com")
        let standIn = region.merging(["AWS_ENDPOINT_URL": "http://moto:5000"]) { $1 }
        #expect(try S3.endpoint(bucket: "gepeto", environment: standIn).url == "http://moto:5000")
        #expect(throws: AWSError.self) { try S3.endpoint(bucket: "Not/A Bucket", environment: region) }
        let client = AWSClient(
            try S3.endpoint(bucket: "gepeto", environment: region), credentials: CountingSource(),
            http: .init(log: .silent))
        #expect(S3(client, bucket: "gepeto").request("GetObject", .get, "a b").path == "/a%20b")
        #expect(S3(client, bucket: "gepeto").request("ListObjectsV2", .get, "").path == "/")
    }

    @Test func onlyDocumentsLikeThoseOfS3AreRead() throws {
        let document = try S3Document(
            Array("<?xml version=\"1.0\"?>\n<R xmlns=\"x\"><A>1 &lt;&#65;&#x42;&amp;</A><B/><C><A>2</A></C></R>\n".utf8)
        )
        #expect(document.root == "R")
        #expect(document["A"] == "1 <AB&")
        #expect(document["B"] == "")
        #expect(document.all("C").first?["A"] == "2")
        for text in [
            "", "text", "<a>", "<a></b>", "<a></a><b></b>", "<!DOCTYPE a><a></a>", "<a>&other;</a>", "<a>&#xD800;</a>",
            "<a><", "<a>&lt</a>", String(repeating: "<a>", count: 100),
        ] {
            #expect(throws: S3Document.Malformed.self) { try S3Document(Array(text.utf8)) }
        }
    }
}
