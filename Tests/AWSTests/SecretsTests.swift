import Support
import TestSupport
import Testing

@testable import AWS

@Suite struct SecretsTests {
    @Test(.enabled(if: MotoServer.isInstalled, "\(MotoServer.missing)"))
    func valuesComeFromThePathAndAreRefreshed() async throws {
        let house = try await MotoHouse()
        func put(_ name: String, _ value: String) async throws {
            struct Input: Encodable, Sendable {
                let Name: String
                let Value: String
                let `Type` = "SecureString"
                let Overwrite = true
            }
            let _: Ignored = try await house.client(.ssm).call(
                "PutParameter", Input(Name: name, Value: value), deadline: MotoHouse.patience)
        }
        try await put("/secrets/prod/GROQ_API_KEY", "one")
        try await put("/secrets/prod/deeper/OTHER", "not mine")
        try await put("/secrets/production/OTHER", "not mine either")
        let changes = Locked<[Set<String>]>([])
        let secrets = try Secrets(house.client(.ssm), path: "/secrets/prod/", log: .silent) { names in
            changes.withLock { $0.append(names) }
        }
        try await secrets.load()
        #expect(secrets.values == ["GROQ_API_KEY": "one"])
        #expect("\(secrets)" == "Secrets(/secrets/prod)")
        try await put("/secrets/prod/GROQ_API_KEY", "two")
        try await put("/secrets/prod/OPENAI_API_KEY", "three")
        try await secrets.refresh()
        try await secrets.refresh()
        #expect(secrets.values == ["GROQ_API_KEY": "two", "OPENAI_API_KEY": "three"])
        #expect(changes.withLock { $0 } == [["GROQ_API_KEY", "OPENAI_API_KEY"]])
        let none = try Secrets(house.client(.ssm), path: "/secrets/none", log: .silent)
        await #expect(throws: Secrets.Trouble.empty(path: "/secrets/none", region: "eu-west-1")) {
            try await none.load()
        }
    }

    @Test func theFormerValuesGoOnWhileTheStoreIsDown() async throws {
        let page = #"{"Parameters":[{"Name":"/p/A","Value":"hush"}]}"#
        let server = try ScriptedServer([.response(200, page), .response(400, #"{"__type":"AccessDeniedException"}"#)])
        let time = ManualTime()
        let client = AWSClient(
            try AWSEndpoint(.ssm, region: "eu-west-1", url: server.url), credentials: CountingSource(),
            http: .init(log: .silent))
        let lines = Locked<[String]>([])
        let log = Log(level: .debug) { line in lines.withLock { $0.append(line) } }
        let secrets = try Secrets(client, path: "/p", log: log, time: time)
        try await secrets.load()
        async let run: Void = secrets.run()
        await time.untilSleeping(1)
        time.advance(by: Secrets.interval)
        try await eventually { lines.withLock { !$0.isEmpty } }
        #expect(secrets.values == ["A": "hush"])
        #expect(lines.withLock { $0.allSatisfy { $0.contains("aws_denied") && !$0.contains("hush") } })
        await secrets.shutDown()
        try await run
    }

    @Test(arguments: ["", "gepeto", "/", "/a b", "/ação"])
    func pathsAreChecked(path: String) throws {
        let client = AWSClient(
            try AWSEndpoint(.ssm, region: "eu-west-1"), credentials: CountingSource(), http: .init(log: .silent))
        #expect(throws: Secrets.Trouble.malformedPath) { try Secrets(client, path: path, log: .silent) }
    }
}
