import AWS
import Support

/// The originals of documents as S3 keeps them, each once, under the hash of its content: `<prefix>/originals/<hash>`.
///
/// Throws `CloudDocumentsError`, `AWSError`, `AWSCredentialsError`, `S3FileError`, `CancellationError`.
package struct S3Originals: Sendable {
    private let bucket: S3
    private let folder: String

    /// - Parameter prefix: of all keys, without a slash at its end; may be empty.
    package init(_ bucket: S3, prefix: String) {
        self.bucket = bucket
        folder = (prefix.isEmpty || prefix.hasSuffix("/") ? prefix : prefix + "/") + "originals/"
    }

    private func key(_ hash: String) -> String {
        precondition(CoursePointer.isHash(hash), "an original is kept under the SHA-256 of its content")
        return folder + hash
    }

    /// Whether the original is there.
    package func has(_ hash: String) async throws -> Bool { try await bucket.head(key(hash)) != nil }

    /// Keeps a file that nobody changes, unless it is there already.
    /// - Parameter hash: SHA-256 of its content.
    package func keep(_ path: String, hash: String) async throws {
        guard try await !has(hash) else { return }
        // Twice at the same time is the same once more.
        try await bucket.put(key(hash), from: path)
    }

    /// Fetches an original into a new file; what was fetched is what its name says, and on the disk when this returns.
    package func fetch(_ hash: String, to path: String) async throws {
        let partial = "\(path).\(RandomIdentifier.make().prefix(8)).part"
        let download = try await bucket.get(key(hash), to: partial, limit: CourseSnapshots.fileLimit)
        guard download.hash == hash else {
            await LocalFiles.remove(partial)
            throw CloudDocumentsError.damaged(key: key(hash))
        }
        do {
            try await LocalFiles.move(partial, to: path)
        } catch {
            await LocalFiles.remove(partial)
            throw error
        }
    }

    /// For when no document of any course has this content.
    package func remove(_ hash: String) async throws { try await bucket.delete(key(hash)) }
}
