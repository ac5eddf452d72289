import ChatService
import Support
import TestSupport
import Testing
import WebServer

/// `Idempotency-Key` while the first request is in work, and after it.
@Suite("Keys in work", .timeLimit(.minutes(10)))
struct KeysInWorkTests {
    private static let key: HTTPFields = ["idempotency-key": "k"]
    private static let question = #"{"message": "a", "course": "algoritmos"}"#

    private func upload(_ door: FrontDoor, _ text: String, key: String? = "k") async throws -> FrontDoor.Reply {
        try await door.send(
            .post, "/api/courses/algoritmos/documents", bytes: Array(text.utf8),
            headers: [
                "content-type": "text/plain", "content-disposition": "attachment; filename=\"aula.txt\"",
                "idempotency-key": key ?? "",
            ])
    }

    @Test(
        "Of two simultaneous questions with one key the second is told to come back, and then gets the first's answer")
    func simultaneous() async throws {
        let library = try GatedLibrary()
        let door = try FrontDoor(library: library)
        async let first = door.send(.post, "/api/chat", Self.question, headers: Self.key)
        await library.reached.wait()
        for _ in 0..<3 {
            let second = try await door.send(.post, "/api/chat", Self.question, headers: Self.key)
            #expect(second.status == 409 && second.headers["retry-after"] == "1")
            #expect(try second.json(ProblemReply.self).type == "urn:gepeto:problem:request_in_work")
        }
        let other = #"{"message": "b", "course": "algoritmos"}"#
        #expect(try await door.send(.post, "/api/chat", other, headers: Self.key).status == 422)
        // Neither another key nor none has to wait.
        #expect(try await door.send(.post, "/api/chat", other, headers: ["idempotency-key": "l"]).status == 202)
        #expect(try await door.send(.post, "/api/chat", other).status == 202)
        library.gate.open()
        let accepted = try await first.json(AcceptedReply.self)
        let again = try await door.send(.post, "/api/chat", Self.question, headers: Self.key)
        #expect(try again.status == 202 && again.json(AcceptedReply.self) == accepted)
        #expect(try await door.send(.post, "/api/chat", other, headers: Self.key).status == 422)
        #expect(try await door.house.store.depth() == 3)
    }

    @Test("Many at once with one key: one job, and who is not told to come back is told the same")
    func race() async throws {
        let door = try FrontDoor()
        let replies = try await withThrowingTaskGroup(of: FrontDoor.Reply.self) { group in
            for _ in 0..<32 {
                group.addTask { try await door.send(.post, "/api/chat", Self.question, headers: Self.key) }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        let jobs = Set(try replies.filter { $0.status == 202 }.map { try $0.json(AcceptedReply.self).jobId })
        #expect(jobs.count == 1 && replies.allSatisfy { [202, 409].contains($0.status) })
        #expect(try await door.house.store.depth() == 1)
    }

    @Test("After a failure of the first request its key is free again")
    func failure() async throws {
        let library = try GatedLibrary(breaks: true)
        let door = try FrontDoor(library: library)
        async let first = door.send(.post, "/api/chat", Self.question, headers: Self.key)
        await library.reached.wait()
        #expect(try await door.send(.post, "/api/chat", Self.question, headers: Self.key).status == 409)
        library.gate.open()
        #expect(try await first.status == 503)
        // Also for something else: nothing was stored.
        let other = #"{"message": "b", "course": "algoritmos"}"#
        #expect(try await door.send(.post, "/api/chat", other, headers: Self.key).status == 202)
    }

    @Test("A request that was cancelled, by its deadline or a broken connection, frees its key")
    func cancelled() async throws {
        let library = try GatedLibrary()
        let door = try FrontDoor(library: library)
        let first = Task { try await door.send(.post, "/api/chat", Self.question, headers: Self.key) }
        await library.reached.wait()
        first.cancel()
        #expect(try await first.value.status == 503)
        #expect(try await door.send(.post, "/api/chat", Self.question, headers: Self.key).status == 202)
        #expect(try await door.house.store.depth() == 1)
    }

    @Test("Of two simultaneous uploads with one key the second is told to come back")
    func uploads() async throws {
        // The course is looked at before the body, and again when the file has a name.
        let library = try GatedLibrary(passing: 1)
        let door = try FrontDoor(library: library)
        async let first = upload(door, "um")
        await library.reached.wait()
        let second = try await upload(door, "um")
        #expect(second.status == 409 && second.headers["retry-after"] == "1")
        // What a file says is known only when it is there: that too has to wait.
        #expect(try await upload(door, "dois").status == 409)
        library.gate.open()
        let receipt = try await first
        #expect(receipt.status == 202)
        #expect(try await upload(door, "um").text == receipt.text)
        #expect(try await upload(door, "dois").status == 422)
        #expect(try await door.house.store.depth() == 1)
    }

    @Test("An upload that failed frees its key")
    func failedUpload() async throws {
        let library = try GatedLibrary(passing: 1, breaks: true)
        let door = try FrontDoor(library: library)
        async let first = upload(door, "um")
        await library.reached.wait()
        #expect(try await upload(door, "um").status == 409)
        library.gate.open()
        #expect(try await first.status == 503)
        #expect(try await upload(door, "dois").status == 202)
    }
}
