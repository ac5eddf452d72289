import AWS
import ChatAdapters
import ChatService
import CourseStore
import Foundation
import Ingest
import Support
import TestSupport
import Testing

@testable import Commands

/// Courses in a stand-in for S3, as two processes have them.
@Suite(.enabled(if: MotoServer.isInstalled, Comment(rawValue: MotoServer.missing)), .timeLimit(.minutes(5)))
struct CloudCoursesTests {
    private let scratch: TestSupport.TemporaryFolder
    private let embedder = HashEmbedder()
    private let clients: CloudClients
    private let table: DynamoDB
    private let bucket: CloudPlaces.Bucket
    private let uploads: SQLiteChatStore
    private let course: CourseID

    init() async throws {
        scratch = try TestSupport.TemporaryFolder()
        course = try CourseID("fisica")
        let name = "courses-\(RandomIdentifier.make().prefix(16))"
        clients = CloudClients(
            [
                "AWS_ENDPOINT_URL": try await MotoServer.shared().url, "AWS_REGION": "us-east-1",
                "AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test",
            ], log: .silent)
        try await clients.client(.s3).send(
            AWSRequest("CreateBucket", .put, path: "/" + name), deadline: .seconds(60)
        ) { _ in }
        try await TableSchema.create(clients.client(.dynamoDB), table: name, deadline: .seconds(60))
        table = try clients.table(name)
        bucket = CloudPlaces.Bucket(name: name, prefix: "gepeto", setting: "s3://\(name)/gepeto")
        uploads = try SQLiteChatStore(path: scratch.file("gepeto.sqlite"))
    }

    /// What one process has of S3.
    private struct Machine {
        let documents: CloudDocuments
        let courses: CloudCourses
        let folder: CourseFolder
        let originals: OriginalShelf
        let ingestion: CloudIngestion
    }

    private func machine(_ name: String) async throws -> Machine {
        let documents = try CloudDocuments(
            bucket, clients: clients, lease: table, data: scratch.file(name), log: .silent)
        let courses = try await documents.courses(space: embedder.space)
        let folder = CourseFolder(courses, embedder: embedder)
        return Machine(
            documents: documents, courses: courses, folder: folder,
            originals: OriginalShelf(
                store: OriginalStore(folder: scratch.file(name + "/originals")), archive: documents.originals,
                documents: uploads, courses: folder, log: .silent),
            ingestion: try await documents.ingestion(courses, documents: uploads, space: embedder.space))
    }

    /// Loads a document as the routes do, at one machine.
    private func upload(_ text: String, as name: String, at machine: Machine) async throws -> UploadedDocument {
        let hash = SHA256.hex(text.utf8)
        let path = scratch.file("upload-\(RandomIdentifier.make())")
        try Data(text.utf8).write(to: URL(filePath: path))
        try machine.originals.store.adopt(temporaryFile: path, hash: hash)
        try await machine.documents.originals.keep(hash, from: machine.originals.store.path(of: hash))
        let document = UploadedDocument(
            documentID: try #require(try await machine.folder.documentID(of: name, in: course)), name: name,
            contentHash: hash, byteCount: text.utf8.count)
        _ = try await uploads.accept(
            DocumentSubmission(user: .local, course: course, document: document, traceID: "t"))
        return document
    }

    private func ingesting(_ machine: Machine) -> CourseIngesting {
        CourseIngesting(
            embedder: embedder, extraction: InThisProcess(), originals: machine.originals, log: .silent,
            write: machine.ingestion.write)
    }

    /// Runs `body` while the machine is the writer.
    private func writing<Value: Sendable>(
        _ machine: Machine, _ body: @Sendable () async throws -> Value
    ) async throws -> Value {
        let lease = machine.documents.lease
        let running = Task { try await lease.run() }
        try await eventually { lease.fence != nil }
        let outcome: Result<Value, any Error>
        do { outcome = .success(try await body()) } catch { outcome = .failure(error) }
        await lease.shutDown()
        try await running.value
        return try outcome.get()
    }

    @Test func aCourseThatOneProcessMakesIsEverybodys() async throws {
        let (one, other) = (try await machine("one"), try await machine("other"))
        #expect(try await one.folder.makeCourse(course))
        #expect(try await !one.folder.makeCourse(course))
        #expect(try await other.folder.exists(course))
        #expect(try await other.folder.course(course)?.documents == 0)
        #expect(try await !other.folder.makeCourse(course))
        #expect(try await other.folder.removeCourse(course))
        #expect(try await one.folder.documents(of: course) == nil)
        #expect(try await one.folder.makeCourse(course))
    }

    @Test func whatTheWriterIngestsOthersAnswerFrom() async throws {
        let (writer, reader) = (try await machine("writer"), try await machine("reader"))
        _ = try await reader.folder.makeCourse(course)
        let before = try #require(try await reader.folder.retriever(for: course))
        // The original came to the reader's machine: the writer fetches it.
        let document = try await upload("# Filas\n\nUma fila atende quem chegou primeiro.", as: "aula.md", at: reader)
        let summary = try await writing(writer) {
            try await ingesting(writer).ingest(document, into: course) { _ in }
        }
        #expect(summary.chunks > 0)
        #expect(try await reader.folder.documents(of: course)?.map(\.name) == ["aula.md"])
        let file = try #require(try await reader.folder.file(for: course))
        #expect(try await file.counts().chunks == summary.chunks)
        #expect(try await reader.folder.courses().map(\.documents) == [1])
        // Who began with the version before ends with it.
        #expect(try await before.course.counts().documents == 0)
        #expect(try await reader.originals.path(of: document.contentHash).hasSuffix(document.contentHash))
    }

    @Test func documentsAreForTheWriterAlone() async throws {
        let machine = try await machine("one")
        _ = try await machine.folder.makeCourse(course)
        let document = try await upload("texto", as: "a.md", at: machine)
        let queue = machine.ingestion.queue(uploads)
        #expect(try await queue.lease(.document, for: .seconds(30)) == nil)
        await #expect(throws: CloudDocumentsError.superseded) {
            try await ingesting(machine).ingest(document, into: course) { _ in }
        }
        try await writing(machine) {
            let lease = try #require(try await queue.lease(.document, for: .seconds(30)))
            #expect(try await queue.release(lease))
        }
    }

    @Test func anUploadThatIsCancelledMeanwhileDoesNotGetIn() async throws {
        let (writer, other) = (try await machine("writer"), try await machine("other"))
        _ = try await other.folder.makeCourse(course)
        let document = try await upload("# Pilhas\n\nUma pilha atende quem chegou por último.", as: "b.md", at: other)
        let uploads = uploads
        try await writing(writer) {
            let ingesting = interrupted(writer) {
                // As the route does that deletes a document, in another process.
                _ = try await uploads.cancel(document: document.documentID, in: course)
                try await other.folder.supersede(course)
            }
            await #expect(throws: CancellationError.self) {
                try await ingesting.ingest(document, into: course) { _ in }
            }
        }
        #expect(try await other.folder.documents(of: course)?.isEmpty == true)
    }

    /// Ingests as `machine` does, but for the first time others do something before the document is published.
    private func interrupted(
        _ machine: Machine, _ others: @escaping @Sendable () async throws -> Void
    ) -> CourseIngesting {
        let (isFirst, write) = (Locked(true), machine.ingestion.write)
        return CourseIngesting(
            embedder: embedder, extraction: InThisProcess(), originals: machine.originals, log: .silent
        ) { document, course, work in
            try await write(document, course) { file in
                let summary = try await work(file)
                let goes = isFirst.withLock { isFirst in
                    defer { isFirst = false }
                    return isFirst
                }
                if goes { try await others() }
                return summary
            }
        }
    }

    @Test func aDocumentIsRemovedWhileTheWriterWrites() async throws {
        let (writer, other) = (try await machine("writer"), try await machine("other"))
        _ = try await other.folder.makeCourse(course)
        let first = try await upload("# Um\n\nO primeiro texto da aula.", as: "um.md", at: other)
        let second = try await upload("# Dois\n\nO segundo texto da aula.", as: "dois.md", at: other)
        try await writing(writer) {
            _ = try await ingesting(writer).ingest(first, into: course) { _ in }
            let ingesting = interrupted(writer) {
                _ = try await other.folder.remove(first.documentID, from: course)
            }
            _ = try await ingesting.ingest(second, into: course) { _ in }
        }
        #expect(try await other.folder.documents(of: course)?.map(\.name) == ["dois.md"])
    }
}
