import AWS
import ChatAdapters
import HTTPClient
import SQLite
import Support
import TestSupport

/// A bucket and a table of the stand-ins, and course files that are a table of notes.
struct CloudHouse {
    let bucket: S3
    let table: DynamoDB
    let folder: TemporaryFolder
    let time: ManualTime
    static let prefix = "gepeto/prod"

    /// - Parameter name: the test's own, for bucket and table.
    init(_ name: String) async throws {
        let server = try await MotoServer.shared()
        let http = HTTPClient(log: .silent)
        func client(_ service: AWSService) throws -> AWSClient {
            AWSClient(
                try AWSEndpoint(service, region: "us-east-1", url: server.url),
                credentials: FixedCredentials(AWSCredentials(accessKeyID: "test", secretAccessKey: "test")), http: http)
        }
        folder = try TemporaryFolder()
        time = ManualTime()
        let s3 = try client(.s3)
        try await s3.send(AWSRequest("CreateBucket", .put, path: "/" + name), deadline: .seconds(60)) { _ in }
        bucket = S3(s3, bucket: name, deadline: .seconds(60))
        let dynamo = try client(.dynamoDB)
        let _: Table.Made = try await dynamo.call("CreateTable", Table(name: name), deadline: .seconds(60))
        table = DynamoDB(dynamo, table: name, deadline: .seconds(60))
    }

    struct Table: Encodable, Sendable {
        struct Made: Decodable, Sendable {}
        struct Attribute: Encodable, Sendable {
            let AttributeName: String
            let AttributeType = "S"
        }
        struct Key: Encodable, Sendable {
            let AttributeName: String
            let KeyType: String
        }
        let TableName: String
        let BillingMode = "PAY_PER_REQUEST"
        let AttributeDefinitions = [Attribute(AttributeName: "pk"), Attribute(AttributeName: "sk")]
        let KeySchema = [Key(AttributeName: "pk", KeyType: "HASH"), Key(AttributeName: "sk", KeyType: "RANGE")]
        init(name: String) { TableName = name }
    }

    var snapshots: CourseSnapshots { CourseSnapshots(bucket, prefix: Self.prefix, time: time) }

    func copies(_ name: String, version: Int = 1, limit: Int64 = .max) async throws -> CourseCopies {
        let copies = CourseCopies(
            snapshots, folder: folder.file(name), limit: limit, tools: NoteFiles(version: version), log: .silent,
            time: time)
        try await copies.prepare()
        return copies
    }

    /// A file with notes, ready to be published.
    func file(_ notes: [String], version: Int = 1) async throws -> String {
        let path = folder.file("made-\(RandomIdentifier.make()).sqlite")
        try await NoteFiles(version: version).add(notes, to: path)
        let copy = path + ".copy"
        try await NoteFiles(version: version).copy(path, to: copy)
        return copy
    }
}

/// Files of notes, in the place of course files: what the tools do is SQLite's.
struct NoteFiles: CourseFileTools {
    let version: Int
    static let id: Int32 = 0x6e6f_7465

    private var migrations: [Migration] {
        [Migration(1, "CREATE TABLE note (text TEXT NOT NULL)")]
            + (2..<max(2, version + 1)).map { Migration($0, "CREATE TABLE later_\($0) (n INTEGER)") }
    }

    func pool(_ path: String) throws -> ConnectionPool {
        try ConnectionPool(path: path, migrations: migrations, applicationID: Self.id)
    }

    func copy(_ path: String, to target: String) async throws {
        try await ConnectionPool.aside(path: path, migrations: migrations, applicationID: Self.id) {
            try $0.copy(to: target)
        }
    }

    func check(_ path: String, of course: CourseID) async throws {
        do {
            try await pool(path).close()
        } catch let error as SQLiteError {
            throw error.kind == .newerVersion
                ? CloudDocumentsError.newerVersion(course, reason: error.detail)
                : CloudDocumentsError.unusable(course, reason: error.description)
        }
    }

    func add(_ notes: [String], to path: String) async throws {
        let pool = try pool(path)
        try await pool.write { connection in
            for note in notes { try connection.run("INSERT INTO note VALUES (?)", [SQLValue(note)]) }
        }
        await pool.close()
    }

    func notes(_ path: String) async throws -> [String] {
        let pool = try pool(path)
        let notes = try await pool.read { try $0.rows("SELECT text FROM note ORDER BY rowid", []) { $0.text(0) } }
        await pool.close()
        return notes
    }
}
