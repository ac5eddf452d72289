import AWS
import Foundation
import Support
import TestSupport
import Testing

@testable import ChatAdapters

@Suite(.enabled(if: MotoServer.isInstalled, "\(MotoServer.missing)"))
struct CourseCopiesTests {
    let course: CourseID
    let tools = NoteFiles(version: 1)

    init() throws { course = try CourseID("algoritmos") }

    @Test func aChangeReachesTheReadersAndOldQuestionsGoOn() async throws {
        let house = try await CloudHouse("a-change-reaches")
        let (readers, written) = (try await house.copies("readers"), try await house.copies("written"))
        let writer = CourseWriter(written) { 1 }
        #expect(try await readers.refresh(course) == nil)
        await #expect(throws: CloudDocumentsError.noSuchCourse(course)) { try await writer.prepare(course) }

        _ = try await house.snapshots.create(course, file: house.file(["first"]))
        try await readers.refresh()
        #expect(readers.courses == [course])
        // Only what is asked for is fetched.
        #expect(readers.path(of: course) == nil)
        let old = try #require(await readers.bring(course))
        #expect(try await tools.notes(old) == ["first"])

        #expect(try await readers.bring(course) == old)
        let known = try await readers.refresh(course)

        let working = try await writer.prepare(course)
        try await tools.add(["second"], to: working)
        // Neither published nor taken away by another look.
        #expect(try await writer.prepare(course) == working)
        try await readers.refresh()
        #expect(readers.path(of: course) == old)

        try await writer.publish(course)
        // Of many who came for the first copy only one looks.
        #expect(try await readers.refresh(course, unlessThere: true) == known)
        try await readers.refresh()
        let new = try #require(readers.path(of: course))
        #expect(new != old)
        #expect(try await tools.notes(new) == ["first", "second"])
        // Whoever began with the old one ends with it; later it goes.
        #expect(try await tools.notes(old) == ["first"])
        house.time.advance(by: CourseCopies.grace)
        try await readers.refresh()
        #expect(!FileManager.default.fileExists(atPath: old))
        #expect(try await writer.prepare(course) == working)
    }

    @Test func aLateWriterIsTurnedAway() async throws {
        let house = try await CloudHouse("a-late-writer")
        _ = try await house.snapshots.create(course, file: house.file(["first"]))
        let (one, two) = (try await house.copies("one"), try await house.copies("two"))
        let fences = Locked<[Int64?]>([1, 2])
        let late = CourseWriter(one) { fences.withLock { $0[0] } }
        let next = CourseWriter(two) { fences.withLock { $0[1] } }
        try await tools.add(["of the late one"], to: late.prepare(course))
        try await tools.add(["of the next one"], to: next.prepare(course))
        try await next.publish(course)
        await #expect(throws: CloudDocumentsError.superseded) { try await late.publish(course) }
        let readers = try await house.copies("readers")
        _ = try await readers.bring(course)
        #expect(try await tools.notes(readers.path(of: course) ?? "") == ["first", "of the next one"])

        // Elected again, it begins with what the other has written.
        fences.withLock { $0 = [3, nil] }
        try await tools.add(["once more"], to: late.prepare(course))
        try await late.publish(course)
        try await readers.refresh()
        #expect(try await tools.notes(readers.path(of: course) ?? "") == ["first", "of the next one", "once more"])
        await #expect(throws: CloudDocumentsError.superseded) { try await next.prepare(course) }
        await #expect(throws: CloudDocumentsError.superseded) { try await next.publish(course) }
    }

    /// The one before has published what the next has not seen: that is kept, and the next begins anew.
    @Test func nothingOfAnothersIsLost() async throws {
        let house = try await CloudHouse("nothing-is-lost")
        _ = try await house.snapshots.create(course, file: house.file(["first"]))
        let late = CourseWriter(try await house.copies("late")) { 1 }
        let next = CourseWriter(try await house.copies("next")) { 2 }
        let withoutLease = CourseWriter(try await house.copies("without"))
        for writer in [late, next, withoutLease] {
            try await tools.add(["unpublished"], to: writer.prepare(course))
        }
        try await late.publish(course)
        for writer in [next, withoutLease] {
            await #expect(throws: CloudDocumentsError.superseded) { try await writer.publish(course) }
        }
        for (writer, note) in [(next, "of the next"), (withoutLease, "without a lease")] {
            try await tools.add([note], to: writer.prepare(course))
            try await writer.publish(course)
        }
        let readers = try await house.copies("readers")
        #expect(
            try await tools.notes(readers.bring(course) ?? "")
                == ["first", "unpublished", "of the next", "without a lease"])
        // The fencing token stays that of the next.
        #expect(try await house.snapshots.current(course)?.pointer.fence == 2)
        _ = try await late.prepare(course)
        await #expect(throws: CloudDocumentsError.superseded) { try await late.publish(course) }
    }

    @Test func whatWasNotPublishedIsInNoLaterVersion() async throws {
        let house = try await CloudHouse("not-published")
        _ = try await house.snapshots.create(course, file: house.file(["first"]))
        let fence = Locked<Int64?>(1)
        let writer = CourseWriter(try await house.copies("writer")) { fence.withLock { $0 } }
        let tools = tools
        // The lease is lost while the file is being changed.
        await #expect(throws: CloudDocumentsError.superseded) {
            try await writer.change(course) { path in
                try await tools.add(["failed"], to: path)
                fence.withLock { $0 = nil }
            }
        }
        fence.withLock { $0 = 2 }
        try await writer.change(course) { try await tools.add(["good"], to: $0) }
        let version = try await house.snapshots.current(course)?.pointer.version
        #expect(try await writer.change(course, isChange: { !$0 }) { _ in true }, "nothing to publish")
        let readers = try await house.copies("readers")
        #expect(try await tools.notes(readers.bring(course) ?? "") == ["first", "good"])
        #expect(try await house.snapshots.current(course)?.pointer.version == version)
    }

    /// A book takes minutes: what begins meanwhile must not take its file away.
    @Test func changesOfACourseGoOneAfterAnother() async throws {
        let house = try await CloudHouse("one-after-another")
        _ = try await house.snapshots.create(course, file: house.file(["first"]))
        let writer = CourseWriter(try await house.copies("writer")) { 1 }
        let (begun, goOn, course, tools) = (Latch(), Latch(), course, tools)
        let book = Task {
            try await writer.change(course) { path in
                begun.open()
                await goOn.wait()
                try await tools.add(["book"], to: path)
            }
        }
        await begun.wait()
        // Somebody removes a document: the book's first try is refused, and says so.
        try await house.snapshots.supersede(course)
        async let note: Void = writer.change(course) { try await tools.add(["note"], to: $0) }
        goOn.open()
        await #expect(throws: CloudDocumentsError.superseded) { try await book.value }
        try await note
        let readers = try await house.copies("readers")
        #expect(try await tools.notes(readers.bring(course) ?? "") == ["first", "note"])
    }

    @Test func aDeletedCourseStaysDeleted() async throws {
        let house = try await CloudHouse("a-deleted-course")
        let first = try await house.snapshots.create(course, file: house.file(["old"]))
        let writer = CourseWriter(try await house.copies("writer")) { 7 }
        let readers = try await house.copies("readers")
        #expect(try await readers.bring(course) != nil)
        let working = try await writer.prepare(course)
        #expect(try await house.snapshots.delete(course))
        #expect(try await !house.snapshots.delete(course))
        try await tools.add(["too late"], to: working)
        await #expect(throws: CloudDocumentsError.noSuchCourse(course)) { try await writer.publish(course) }
        try await readers.refresh()
        #expect(readers.courses.isEmpty)
        #expect(try await readers.bring(course) == nil)
        #expect(
            try await house.bucket.list("\(CloudHouse.prefix)/snapshots/").objects.map(\.key).allSatisfy {
                !$0.contains(first.pointer.hash ?? "-")
            })

        // Another course of that name is another one.
        let anew = try await house.snapshots.create(course, file: house.file(["new"]))
        #expect(anew.pointer.incarnation != first.pointer.incarnation)
        await #expect(throws: CloudDocumentsError.noSuchCourse(course)) { try await writer.publish(course) }
        await #expect(throws: CloudDocumentsError.courseExists(course)) {
            try await house.snapshots.create(course, file: house.file(["x"]))
        }
        #expect(try await tools.notes(readers.bring(course) ?? "") == ["new"])
    }

    @Test func aNewerVersionIsRefusedAndTheOldOneGoesOn() async throws {
        let house = try await CloudHouse("a-newer-version")
        _ = try await house.snapshots.create(course, file: house.file(["old"]))
        let readers = try await house.copies("readers")
        let old = try await readers.bring(course)
        let newer = NoteFiles(version: 3)
        let writer = CourseWriter(try await house.copies("writer", version: 3)) { 1 }
        try await newer.add(["new"], to: writer.prepare(course))
        try await writer.publish(course)

        let other = try CourseID("other")
        _ = try await house.snapshots.create(other, file: house.file(["there too"]))
        try await readers.refresh()
        #expect(readers.path(of: course) == old)
        #expect(readers.trouble(of: course)?.label == "cloud_newer_version")
        #expect(readers.trouble(of: course)?.description.contains("update") == true)
        // One course's trouble is not the others'.
        #expect(readers.courses == [course, other])
        #expect(try await readers.bring(other) != nil)
        await #expect(throws: CloudDocumentsError.self) { try await readers.refresh(course) }
        #expect(try FileManager.default.contentsOfDirectory(atPath: house.folder.file("readers")).count == 2)
    }

    @Test func aDamagedSnapshotIsNotTaken() async throws {
        let house = try await CloudHouse("a-damaged-snapshot")
        let made = try await house.snapshots.create(course, file: house.file(["whole"]))
        let key = "\(CloudHouse.prefix)/snapshots/\(course)/\(made.pointer.hash ?? "").sqlite"
        try await house.bucket.put(key, Array("something else".utf8))
        let readers = try await house.copies("readers")
        await #expect(throws: CloudDocumentsError.damaged(key: key)) { try await readers.refresh(course) }
        #expect(readers.path(of: course) == nil)
        #expect(try FileManager.default.contentsOfDirectory(atPath: house.folder.file("readers")).isEmpty)
    }

    @Test func onlyAFewSnapshotsAreKept() async throws {
        let house = try await CloudHouse("only-a-few")
        _ = try await house.snapshots.create(course, file: house.file(["0"]))
        let writer = CourseWriter(try await house.copies("writer")) { 1 }
        for number in 1...5 {
            try await tools.add(["\(number)"], to: writer.prepare(course))
            try await writer.publish(course)
        }
        let current = try #require(await house.snapshots.current(course)).pointer
        #expect(current.version == 6)
        let kept = try await house.bucket.list("\(CloudHouse.prefix)/snapshots/\(course)/").objects
        #expect(kept.count == 1 + CoursePointer.kept)
        // Nothing changed: nothing is written.
        try await writer.publish(course)
        #expect(try await house.snapshots.current(course)?.pointer == current)
    }

    @Test func theOldestCopiesGo() async throws {
        let house = try await CloudHouse("oldest-copies")
        let ids = try (0..<3).map { try CourseID("c\($0)") }
        for id in ids { _ = try await house.snapshots.create(id, file: house.file(["x"])) }
        let size = try #require(await house.snapshots.current(ids[0])).pointer.size
        let readers = try await house.copies("readers", limit: 2 * size)
        for id in ids { _ = try await readers.bring(id) }
        // All in use.
        #expect(ids.allSatisfy { readers.path(of: $0) != nil })
        house.time.advance(by: CourseCopies.grace)
        let more = try CourseID("more")
        _ = try await house.snapshots.create(more, file: house.file(["x"]))
        let kept = try #require(readers.path(of: ids[2]))
        _ = try await readers.bring(more)
        #expect(readers.path(of: ids[0]) == nil && readers.path(of: ids[1]) == nil)
        #expect(readers.path(of: ids[2]) == kept)
        #expect(try await readers.bring(ids[0]) != nil)
        house.time.advance(by: CourseCopies.grace)
        try await readers.refresh()
        #expect(try FileManager.default.contentsOfDirectory(atPath: house.folder.file("readers")).count == 3)
    }

    @Test func pointersThatAreNoneAreRefused() async throws {
        let hash = String(repeating: "a", count: 64)
        let good = CoursePointer(
            version: 1, hash: hash, size: 1, incarnation: "i", fence: 0, earlier: [],
            changedAt: Timestamp(milliseconds: 5))
        #expect(CoursePointer.read(good.bytes) == good)
        for text in ["", "{}", "[]", String(decoding: good.bytes, as: UTF8.self).replacing(hash, with: "../../etc")] {
            #expect(CoursePointer.read(Array(text.utf8)) == nil)
        }
        let house = try await CloudHouse("pointers-that-are-none")
        try await house.bucket.put("\(CloudHouse.prefix)/courses/algoritmos.json", Array("{}".utf8))
        await #expect(throws: CloudDocumentsError.unreadablePointer(course)) {
            try await house.snapshots.current(course)
        }
    }

    @Test func renewalLooksAgain() async throws {
        let house = try await CloudHouse("renewal")
        let readers = try await house.copies("readers")
        _ = try await house.snapshots.create(course, file: house.file(["x"]))
        let renewal = CourseCopyRenewal(readers, log: .silent, time: house.time)
        async let run: Void = renewal.run()
        await house.time.untilSleeping(1)
        #expect(readers.courses.isEmpty)
        house.time.advance(by: CourseCopyRenewal.interval)
        await house.time.untilSleeping(1)
        #expect(readers.courses == [course])
        await renewal.shutDown()
        try await run
    }
}
