import FoundationEssentials
import Glibc
import HTTPClient
import Support

extension S3 {
    /// A file that was fetched.
    package struct Download: Sendable, Equatable {
        package let size: Int64
        package let etag: String
        /// SHA-256 of the content, in hexadecimal digits.
        package let hash: String
    }

    /// Files up to this many bytes go in one call, larger ones in parts of that size: so much memory an upload takes.
    static let partSize = 8 << 20

    /// Fetches an object into a new file, on disk when this returns. Nothing is left of it when it throws.
    /// - Parameter limit: the most bytes it may have.
    package func get(
        _ key: String, to path: String, limit: Int64, deadline: Duration = fileDeadline
    ) async throws -> Download {
        var request = request("GetObject", .get, key)
        request.responseLimit = Int(clamping: limit)
        return try await client.send(request, deadline: deadline) { response in
            let file = try await DownloadFile.make(path, limit: limit)
            do {
                for try await piece in response.body { try await file.append(piece) }
                let (size, hash) = try await file.finish()
                return Download(size: size, etag: response.etag ?? "", hash: hash)
            } catch {
                await file.remove()
                throw error
            }
        }
    }

    /// Writes a file that nobody changes meanwhile.
    /// - Returns: the ETag of what was written.
    /// - Throws: as `put` of bytes.
    @discardableResult
    package func put(
        _ key: String, from path: String, if condition: Condition = .always,
        contentType: String = "application/octet-stream", deadline: Duration = fileDeadline
    ) async throws -> String {
        let queue = BlockingQueue(label: "s3-upload")
        let file = try await queue.run { try UploadFile(path) }
        if file.size <= Self.partSize {
            let content = try await queue.run { try file.read(at: 0) }
            return try await put(key, content, if: condition, contentType: contentType, deadline: deadline)
        }
        let end = SystemTime().elapsed + deadline
        let upload = try await begin(key, contentType: contentType)
        do {
            var etags: [String] = []
            for part in 0..<(file.size + Self.partSize - 1) / Self.partSize {
                let content = try await queue.run { try file.read(at: part * Self.partSize) }
                var request = request(
                    "UploadPart", .put, key, query: [("partNumber", "\(part + 1)"), ("uploadId", upload)])
                request.body = content
                request.headers = [("content-type", "application/octet-stream")]
                etags.append(try await client.send(request, deadline: end - SystemTime().elapsed) { $0.etag ?? "" })
            }
            return try await complete(key, upload, etags, condition, deadline: end - SystemTime().elapsed)
        } catch {
            // In a task of its own, for this one may have been cancelled. What cannot be taken back is left to the
            // bucket's rule for unfinished uploads.
            let abort = request("AbortMultipartUpload", .delete, key, query: [("uploadId", upload)])
            await Task { try? await client.send(abort, deadline: usual) { _ in } }.value
            throw error
        }
    }

    private func begin(_ key: String, contentType: String) async throws -> String {
        var request = request("CreateMultipartUpload", .post, key, query: [("uploads", "")])
        request.headers = [("content-type", contentType)]
        return try await client.send(request, deadline: usual) { response in
            let bytes = try await response.body.collect(upTo: 64 << 10)
            guard let upload = try? S3Document(bytes)["UploadId"] else {
                throw unreadable("CreateMultipartUpload", response.status)
            }
            return upload
        }
    }

    private func complete(
        _ key: String, _ upload: String, _ etags: [String], _ condition: Condition, deadline: Duration
    ) async throws -> String {
        var request = request("CompleteMultipartUpload", .post, key, query: [("uploadId", upload)])
        request.headers = condition.headers + [("content-type", "application/xml")]
        request.repeats = condition.repeats
        let parts = etags.enumerated().map { number, etag in
            "<Part><PartNumber>\(number + 1)</PartNumber><ETag>\(etag.replacing("\"", with: "&quot;"))</ETag></Part>"
        }
        request.body = Array("<CompleteMultipartUpload>\(parts.joined())</CompleteMultipartUpload>".utf8)
        // S3 may take a while to put the parts together.
        request.patience = deadline
        return try await client.send(request, deadline: deadline) { [client] response in
            let bytes = try await response.body.collect(upTo: 64 << 10)
            let document = try? S3Document(bytes)
            // Having said 200, S3 may find out that it cannot.
            guard document?.root != "Error" else {
                throw AWSFailure(response.head, bytes, endpoint: client.endpoint, operation: "CompleteMultipartUpload")
            }
            guard let etag = document?["ETag"] else { throw unreadable("CompleteMultipartUpload", response.status) }
            return etag
        }
    }
}

/// A file that is sent piece by piece.
private final class UploadFile: Sendable {
    let size: Int
    private let descriptor: Int32

    /// Blocking.
    init(_ path: String) throws {
        descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw S3FileError.notRead(reason: SmallFile.reason(errno)) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else {
            let reason = SmallFile.reason(errno)
            close(descriptor)
            throw S3FileError.notRead(reason: reason)
        }
        size = Int(status.st_size)
    }

    deinit { close(descriptor) }

    /// One part's bytes from there on, fewer at the end. Blocking.
    func read(at offset: Int) throws -> [UInt8] {
        let count = min(S3.partSize, size - offset)
        var (failure, isShort): (Int32, Bool) = (0, false)
        let content = [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
            while filled < count {
                let read = pread(
                    descriptor, buffer.baseAddress?.advanced(by: filled), count - filled, off_t(offset + filled))
                if read < 0, errno == EINTR { continue }
                guard read > 0 else {
                    (failure, isShort) = (read < 0 ? errno : 0, true)
                    return
                }
                filled += read
            }
        }
        guard !isShort else {
            throw S3FileError.notRead(reason: failure == 0 ? "it became shorter meanwhile" : SmallFile.reason(failure))
        }
        return content
    }
}
