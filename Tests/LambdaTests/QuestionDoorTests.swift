import AWS
import ChatAdapters
import ChatService
import Foundation
import HTTPClient
import Support
import TestSupport
import Testing

@testable import Commands
@testable import Lambda

/// The program as it starts: from its environment to its answers.
@Suite(.timeLimit(.minutes(5))) struct QuestionDoorTests {
    private static let secret = "0123456789abcdef0123456789abcdef"

    @Test(.enabled(if: MotoServer.isInstalled, Comment(rawValue: MotoServer.missing)))
    func aFunctionStartsAndTakesAQuestion() async throws {
        let folder = try TestSupport.TemporaryFolder()
        let redis = try await RedisServer()
        let name = "t\(RandomIdentifier.make())"
        var environment = [
            "AWS_ENDPOINT_URL": try await MotoServer.shared().url, "AWS_REGION": "us-east-1",
            "AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test",
            "GEPETO_AUTH": "jwt", "GEPETO_JWT_SECRET": Self.secret, "GEPETO_JWT_ISSUER": "here",
            "GEPETO_JWT_AUDIENCE": "gepeto", "GEPETO_PUBLIC_URL": "https://tutor.example.org",
            "GEPETO_DATA": folder.file("data"), "GEPETO_HISTORY": "dynamodb:\(name)", "GEPETO_SESSIONS": redis.url,
            "GEPETO_DOCUMENTS": "s3://\(name)/gepeto", "GEPETO_LOG_LEVEL": "off",
        ]
        let clients = CloudClients(environment, log: .silent)
        try await TableSchema.create(clients.client(.dynamoDB), table: name, deadline: .seconds(60))
        struct Queue: Decodable, Sendable { let QueueUrl: String }
        for (setting, kind) in [("GEPETO_QUEUE", "questions"), ("GEPETO_DOCUMENT_QUEUE", "documents")] {
            let queue: Queue = try await clients.client(.sqs).call(
                "CreateQueue", ["QueueName": "\(name)-\(kind)"], deadline: .seconds(60))
            environment[setting] = "sqs:" + queue.QueueUrl
        }
        try await clients.client(.s3).send(
            AWSRequest("CreateBucket", .put, path: "/" + name), deadline: .seconds(60)
        ) { _ in }
        let snapshots = CourseSnapshots(try clients.bucket(name), prefix: "gepeto")
        try FileManager.default.createDirectory(atPath: folder.file("data"), withIntermediateDirectories: true)
        for course in ["algoritmos", "fisica"] {
            let file = folder.file(course)
            try Data(course.utf8).write(to: URL(filePath: file))
            _ = try await snapshots.create(try CourseID(course), file: file)
        }
        #expect(try await snapshots.delete(try CourseID("fisica")))
        let names = CourseNames(snapshots)
        #expect(try await names.ids().map(\.name) == ["algoritmos"])
        #expect(try await !names.exists(try CourseID("fisica")))

        let door = try await QuestionDoor.open(environment)
        #expect(door.host == "tutor.example.org")
        let function = GatewayFunction(
            router: door.router, desk: door.desk, sockets: door.sockets, host: door.host,
            awaken: { await door.awaken() }, log: .silent)
        let emulator = try RuntimeEmulator()
        environment["AWS_LAMBDA_RUNTIME_API"] = emulator.address
        let loop = RuntimeLoop(
            try RuntimeClient(environment: environment, http: HTTPClient(log: .silent), patience: .seconds(300)),
            log: .silent
        ) { try await function.answer($0) }
        let run = Task { try await loop.run() }
        let issuer = TokenIssuer(
            secrets: try SharedSecrets(signing: Self.secret), issuer: "here", audience: "gepeto")
        let token = issuer.access(
            for: Principal(user: UserID("ana"), claimed: [try CourseID("algoritmos"): .student]))
        // No course is named: there is only one.
        let event = try EventFixture.bytes(
            "http-2.0", ["headers.authorization": "Bearer \(token)", "body": "{\"message\": \"Olá!\"}"])
        let outcome = await emulator.invoke(event)
        guard case .response(let text) = outcome else {
            Issue.record("\(outcome)")
            return
        }
        let reply = try JSONDecoder().decode(FunctionBench.Reply.self, from: Data(text.utf8))
        #expect(reply.statusCode == 202, "\(text)")
        #expect(try reply.json("status") == "queued")
        guard case .error("gepeto.unknown_event", _) = await emulator.invoke([]) else {
            Issue.record("an event that is none was answered")
            return
        }
        run.cancel()
        _ = await run.result
        await emulator.stop()
        await door.close()
    }

    @Test func wrongSettingsAreNamed() async throws {
        let folder = try TestSupport.TemporaryFolder()
        let jwt = [
            "GEPETO_AUTH": "jwt", "GEPETO_JWT_SECRET": Self.secret, "GEPETO_JWT_ISSUER": "here",
            "GEPETO_JWT_AUDIENCE": "gepeto", "GEPETO_DATA": folder.path,
        ]
        func sentence(_ changes: [String: String]) async -> String {
            do {
                let door = try await QuestionDoor.open(jwt.merging(changes) { $1 })
                await door.close()
                return ""
            } catch {
                return error.sentence
            }
        }
        #expect(await sentence(["GEPETO_AUTH": "open"]).contains("GEPETO_AUTH=jwt"))
        #expect(await sentence([:]).contains("GEPETO_PUBLIC_URL"))
        #expect(await sentence(["GEPETO_PUBLIC_URL": "https://a.example"]).contains("GEPETO_HISTORY"))
        let lone = ["GEPETO_PUBLIC_URL": "https://a.example", "GEPETO_CONNECTIONS": "https://b.example/v1"]
        #expect(await sentence(lone).contains("GEPETO_CONNECTIONS needs"))
        #expect(await sentence(["GEPETO_CONECTIONS": "x"]).contains("GEPETO_CONECTIONS"))
    }
}
