import AWS
import Support

/// Course files as S3 keeps them: snapshots under the hash of their content, and for each course a pointer to the current
/// one.
///
///     <prefix>/courses/<course>.json                 the pointer
///     <prefix>/snapshots/<course>/<hash>.sqlite      a snapshot
///
/// A snapshot never changes. A pointer changes by `If-Match` only (`If-None-Match` for a new one), by who has
/// seen what it says, and never to a lower fencing token. Throws `CloudDocumentsError`, `AWSError`, `AWSCredentialsError`, `S3FileError`, `CancellationError`.
package struct CourseSnapshots: Sendable {
    /// A pointer as it was read.
    package struct Current: Sendable, Equatable {
        package let pointer: CoursePointer
        let etag: String
    }

    /// A course file's bytes at most: S3 takes no object of more than 5 TiB, a task's disk far less.
    package static let fileLimit: Int64 = 64 << 30
    /// Tries against others who change the same pointer.
    private static let tries = 5
    /// Courses at most.
    private static let courseLimit = 10_000

    private let bucket: S3
    private let prefix: String
    private let time: any TimeSource

    /// - Parameter prefix: of all keys, without a slash at its end; may be empty.
    package init(_ bucket: S3, prefix: String, time: any TimeSource = SystemTime()) {
        self.bucket = bucket
        self.prefix = prefix.isEmpty || prefix.hasSuffix("/") ? prefix : prefix + "/"
        self.time = time
    }

    private var pointers: String { prefix + "courses/" }
    private func pointerKey(_ course: CourseID) -> String { "\(pointers)\(course).json" }
    private func snapshotKey(_ course: CourseID, _ hash: String) -> String {
        "\(prefix)snapshots/\(course)/\(hash).sqlite"
    }

    // MARK: Reading

    /// The ETag of each course's pointer, of deleted ones too: one call for up to a thousand courses.
    package func etags() async throws -> [CourseID: String] {
        var (found, end): ([CourseID: String], String?) = ([:], nil)
        repeat {
            let page = try await bucket.list(pointers, after: end)
            for object in page.objects {
                let name = object.key.dropFirst(pointers.count)
                guard name.hasSuffix(".json"), let course = try? CourseID(String(name.dropLast(5))) else { continue }
                found[course] = object.etag
            }
            end = page.end
        } while end != nil && found.count < Self.courseLimit
        return found
    }

    /// nil when there never was such a course.
    /// - Parameter known: what was read before; returned as it is while it still is current.
    package func current(_ course: CourseID, known: Current? = nil) async throws -> Current? {
        do {
            let object = try await bucket.get(pointerKey(course), limit: CoursePointer.limit, unless: known?.etag)
            guard let object else { return known }
            guard let pointer = CoursePointer.read(object.content) else {
                throw CloudDocumentsError.unreadablePointer(course)
            }
            return Current(pointer: pointer, etag: object.etag)
        } catch let error as AWSError where error.kind == .missingObject {
            return nil
        }
    }

    /// Looks whether a course's pointer can be read and its snapshot is there, and of the size that it says.
    /// - Returns: false when there is no such course.
    package func check(_ course: CourseID) async throws -> Bool {
        guard let pointer = try await current(course)?.pointer, let hash = pointer.hash else { return false }
        let key = snapshotKey(course, hash)
        guard let head = try await bucket.head(key), head.size == pointer.size else {
            throw CloudDocumentsError.damaged(key: key)
        }
        return true
    }

    /// Fetches a snapshot into a new file and holds it against its hash.
    package func fetch(_ course: CourseID, hash: String, to path: String) async throws {
        let key = snapshotKey(course, hash)
        let download = try await bucket.get(key, to: path, limit: Self.fileLimit)
        guard download.hash == hash else {
            await LocalFiles.remove(path)
            throw CloudDocumentsError.damaged(key: key)
        }
    }

    // MARK: Writing

    /// Makes the file the course's current snapshot, if nobody has changed the course since it was `base`.
    /// - Parameters:
    ///   - file: grown from the snapshot of `base`; nobody changes it meanwhile.
    ///   - fence: the fencing token of the lease's holder; nil for who writes without one.
    /// - Throws: `superseded` when another has written since, or one with a higher fencing token ever has; `noSuchCourse`
    ///   when the course was deleted, or deleted and made anew.
    package func publish(
        _ course: CourseID, file: String, over base: Current, fence: Int64?
    ) async throws -> Current {
        let (hash, size) = try await LocalFiles.hash(file)
        let former = try await current(course, known: base)
        guard let former, former.pointer.incarnation == base.pointer.incarnation, former.pointer.hash != nil else {
            throw CloudDocumentsError.noSuchCourse(course)
        }
        let pointer = former.pointer
        guard pointer == base.pointer, pointer.fence <= fence ?? pointer.fence else {
            throw CloudDocumentsError.superseded
        }
        guard pointer.hash != hash else { return former }
        try await upload(course, file: file, hash: hash)
        let (next, unused) = pointer.next(hash: hash, size: size, fence: fence ?? pointer.fence, at: time.now)
        guard let etag = try await write(course, next, over: former) else {
            await dropUnnamed(course, hash)
            throw CloudDocumentsError.superseded
        }
        // What cannot be deleted costs a little and harms nobody.
        for hash in unused { try? await bucket.delete(snapshotKey(course, hash)) }
        return Current(pointer: next, etag: etag)
    }

    /// Makes a new course of a file, which may be an empty one. Needs no lease: nobody writes to a course that is not there.
    /// - Throws: `courseExists`.
    package func create(_ course: CourseID, file: String) async throws -> Current {
        let former = try await current(course)
        guard former?.pointer.hash == nil else { throw CloudDocumentsError.courseExists(course) }
        let (hash, size) = try await LocalFiles.hash(file)
        try await upload(course, file: file, hash: hash)
        let pointer = CoursePointer(
            version: (former?.pointer.version ?? 0) + 1, hash: hash, size: size, incarnation: RandomIdentifier.make(),
            fence: former?.pointer.fence ?? 0, earlier: [], changedAt: time.now)
        guard let etag = try await write(course, pointer, over: former) else {
            throw CloudDocumentsError.courseExists(course)
        }
        return Current(pointer: pointer, etag: etag)
    }

    /// Deletes a course for good, whoever writes it meanwhile. Its pointer stays and says so, so that no writer who is late
    /// brings it back.
    /// - Returns: whether there was one.
    package func delete(_ course: CourseID) async throws -> Bool {
        for _ in 0..<Self.tries {
            guard let former = try await current(course), former.pointer.hash != nil else { return false }
            let (next, _) = former.pointer.next(hash: nil, size: 0, fence: former.pointer.fence, at: time.now)
            guard try await write(course, next, over: former) != nil else { continue }
            // The course is gone; what is left over of it is taken the next time one of its name goes.
            try? await deleteSnapshots(course)
            return true
        }
        throw CloudDocumentsError.superseded
    }

    /// All of them, also those that no pointer names any more.
    private func deleteSnapshots(_ course: CourseID) async throws {
        var end: String?
        repeat {
            let page = try await bucket.list("\(prefix)snapshots/\(course)/", after: end)
            for object in page.objects { try await bucket.delete(object.key) }
            end = page.end
        } while end != nil
    }

    /// A snapshot that was not published holds what has been removed from the course since.
    private func dropUnnamed(_ course: CourseID, _ hash: String) async {
        guard let pointer = try? await current(course)?.pointer, pointer.hash != hash, !pointer.earlier.contains(hash)
        else { return }
        try? await bucket.delete(snapshotKey(course, hash))
    }

    /// Leaves the course as it is, but under another version: what anybody is about to publish, who has begun with an
    /// earlier one, is refused.
    package func supersede(_ course: CourseID) async throws {
        for _ in 0..<Self.tries {
            guard let former = try await current(course), let hash = former.pointer.hash else { return }
            let same = former.pointer
            let next = CoursePointer(
                version: same.version + 1, hash: hash, size: same.size, incarnation: same.incarnation,
                fence: same.fence, earlier: same.earlier, changedAt: time.now)
            if try await write(course, next, over: former) != nil { return }
        }
        throw CloudDocumentsError.superseded
    }

    private func upload(_ course: CourseID, file: String, hash: String) async throws {
        let key = snapshotKey(course, hash)
        guard try await bucket.head(key) == nil else { return }
        try await bucket.put(key, from: file, contentType: "application/vnd.sqlite3")
    }

    /// - Returns: nil when another was first.
    private func write(_ course: CourseID, _ pointer: CoursePointer, over former: Current?) async throws -> String? {
        do {
            return try await bucket.put(
                pointerKey(course), pointer.bytes, if: former.map { .over(etag: $0.etag) } ?? .absent,
                contentType: "application/json")
        } catch let error as AWSError where error.kind == .condition || error.mayHaveHappened {
            // Another was first, or it was this very call, whose answer was lost.
            guard let found = try await current(course) else { throw error }
            if found.pointer == pointer { return found.etag }
            guard error.kind == .condition else { throw error }
            return nil
        }
    }
}
