import AWS
import ChatAdapters
import ChatService
import Embedding
import Support

/// Courses and originals in S3.
struct CloudDocuments: Sendable {
    let originals: OriginalCopies
    let lease: WriterLease
    let snapshots: CourseSnapshots
    private let setting: String
    private let data: String
    private let log: Log

    /// - Parameter lease: the table by which one writer is elected.
    init(_ bucket: CloudPlaces.Bucket, clients: CloudClients, lease: DynamoDB, data: String, log: Log) throws {
        let s3 = try clients.bucket(bucket.name)
        snapshots = CourseSnapshots(s3, prefix: bucket.prefix)
        originals = OriginalCopies(S3Originals(s3, prefix: bucket.prefix), folder: data + "/originals")
        self.lease = WriterLease(lease, log: log)
        setting = bucket.setting
        self.data = data
        self.log = log
    }

    /// The courses, with what there are of them looked up.
    /// - Throws: what says why they cannot be listed.
    func courses(space: EmbeddingSpace) async throws -> CloudCourses {
        let courses = CloudCourses(setting, snapshots, folder: data + "/copies", space: space, log: log)
        try await courses.prepare()
        try await originals.prepare()
        return courses
    }

    /// The writer's side of them.
    func ingestion(
        _ courses: CloudCourses, documents: any DocumentIntake & JobLedger, space: EmbeddingSpace
    ) async throws -> CloudIngestion {
        let ingestion = CloudIngestion(
            lease, courses, documents: documents, ledger: documents, folder: data + "/copies/writing", space: space,
            log: log)
        try await ingestion.prepare()
        return ingestion
    }
}
