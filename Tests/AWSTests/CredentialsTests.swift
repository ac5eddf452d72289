import HTTPClient
import Support
import TestSupport
import Testing

@testable import AWS

@Suite struct CredentialsTests {
    let http = HTTPClient(log: .silent)

    func found(_ environment: [String: String]) async throws -> AWSCredentials {
        try await AWSCredentialChain.source(environment: environment, http: http).credentials()
    }

    func error(_ environment: [String: String]) async -> AWSCredentialsError? {
        do {
            _ = try await found(environment)
            return nil
        } catch { return error as? AWSCredentialsError }
    }

    @Test func theEnvironmentComesFirst() async throws {
        let folder = try TemporaryFolder()
        let path = try folder.write("credentials", "[default]\naws_access_key_id=F\naws_secret_access_key=f\n")
        let environment = [
            "AWS_ACCESS_KEY_ID": "A", "AWS_SECRET_ACCESS_KEY": "s", "AWS_SESSION_TOKEN": "t",
            "AWS_SHARED_CREDENTIALS_FILE": path,
        ]
        #expect(
            try await found(environment) == AWSCredentials(accessKeyID: "A", secretAccessKey: "s", sessionToken: "t"))
        #expect(await error(["AWS_ACCESS_KEY_ID": "A"]) == .halfInEnvironment(missing: "AWS_SECRET_ACCESS_KEY"))
        #expect(await error(["AWS_SECRET_ACCESS_KEY": "A"]) == .halfInEnvironment(missing: "AWS_ACCESS_KEY_ID"))
        #expect(await error([:])?.description.contains("AWS_PROFILE") == true)
    }

    @Test func profilesAreReadFromTheFile() async throws {
        let folder = try TemporaryFolder()
        let text = """
            # a comment
            [default]
            aws_access_key_id = D
            aws_secret_access_key = d=/+=
            [ staff ]
            AWS_ACCESS_KEY_ID=S\r
            aws_secret_access_key=s
            aws_session_token = t
            s3 =
              max_concurrent_requests = 20
            [role]
            role_arn = arn:aws:iam::1:role/x
            """
        let path = try folder.write(".aws/credentials", text)
        let home = ["HOME": folder.path]
        #expect(try await found(home) == AWSCredentials(accessKeyID: "D", secretAccessKey: "d=/+="))
        let file = ["AWS_SHARED_CREDENTIALS_FILE": path, "AWS_PROFILE": "staff"]
        #expect(try await found(file) == AWSCredentials(accessKeyID: "S", secretAccessKey: "s", sessionToken: "t"))
        #expect(
            await error(["HOME": folder.path, "AWS_PROFILE": "nobody"]) == .noSuchProfile("nobody", file: path))
        #expect(await error(["HOME": folder.path, "AWS_PROFILE": "role"]) == .profileWithoutKeys("role", file: path))
        #expect(await error(["HOME": folder.file("empty")]) == AWSCredentialsError.none)
        let missing = await error(["AWS_SHARED_CREDENTIALS_FILE": folder.file("none")])
        #expect(missing?.description.contains("AWS_SHARED_CREDENTIALS_FILE") == true)
    }

    @Test func theContainersEndpointIsAsked() async throws {
        let body =
            #"{"AccessKeyId":"C","SecretAccessKey":"c","Token":"t","Expiration":"2034-12-10T00:48:40Z","RoleArn":"x"}"#
        let server = try ScriptedServer([.response(200, body)])
        let folder = try TemporaryFolder()
        let token = try folder.write("token", "from the file\n")
        let environment = [
            "AWS_CONTAINER_CREDENTIALS_FULL_URI": server.url + "/creds",
            "AWS_CONTAINER_AUTHORIZATION_TOKEN": "not this one", "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE": token,
        ]
        let credentials = try await found(environment)
        #expect(credentials.accessKeyID == "C")
        #expect(credentials.sessionToken == "t")
        #expect(credentials.expiresAt == AWSDate.rfc3339("2034-12-10T00:48:40Z"))
        #expect(server.requests.first?.line == "GET /creds HTTP/1.1")
        #expect(server.requests.first?.header("authorization") == "from the file")
    }

    @Test func onlySafeEndpointsAreAsked() throws {
        let relative = try ContainerCredentials(["AWS_CONTAINER_CREDENTIALS_RELATIVE_URI": "/v2/credentials/1"])
        #expect(relative?.url == "http://169.254.170.2/v2/credentials/1")
        for good in [
            "https://anywhere.example/x", "http://localhost:1/x", "http://127.0.0.1/x", "http://[::1]:8/x",
            "http://169.254.170.23/v1/credentials", "http://[fd00:ec2::23]/v1",
        ] {
            #expect(ContainerCredentials.isAllowed(good), "\(good)")
        }
        for bad in [
            "http://example.com/x", "http://169.254.169.254/x", "http://127.0.0.1.example.com/", "ftp://localhost/",
            "http://localhost@example.com/", "http://[::2]/", "http://[::1", "localhost",
        ] {
            #expect(!ContainerCredentials.isAllowed(bad), "\(bad)")
        }
        #expect(throws: AWSCredentialsError.endpointNotAllowed) {
            try ContainerCredentials(["AWS_CONTAINER_CREDENTIALS_FULL_URI": "http://example.com/"])
        }
    }

    @Test(arguments: [(403, "{}"), (200, "<html>"), (200, #"{"AccessKeyId":"C"}"#), (500, "")])
    func anEndpointThatGivesNoneIsNamed(status: Int, body: String) async throws {
        let server = try ScriptedServer([.response(status, body)])
        let error = await error(["AWS_CONTAINER_CREDENTIALS_FULL_URI": server.url])
        #expect(error == (status == 200 ? .unreadableAnswer : .endpointRefused(status: status)))
    }

    /// A fetch that a test lets end.
    final class Fetches: Sendable {
        private let state = Locked((started: 0, gates: [Latch]()))
        var started: Int { state.withLock { $0.started } }
        let time: ManualTime
        let lifetime: Duration
        init(_ time: ManualTime, lifetime: Duration) { (self.time, self.lifetime) = (time, lifetime) }

        func fetch() async throws -> AWSCredentials {
            let (number, gate) = state.withLock { state in
                state.started += 1
                state.gates.append(Latch())
                return (state.started, state.gates[state.started - 1])
            }
            await gate.wait()
            if lifetime == .zero { throw AWSCredentialsError.endpointRefused(status: number) }
            return AWSCredentials(
                accessKeyID: "\(number)", secretAccessKey: "s", expiresAt: time.now + lifetime)
        }

        func finish(_ number: Int) { state.withLock { $0.gates[number - 1] }.open() }
    }

    @Test func oneFetchServesAllAndIsRenewedInTime() async throws {
        let time = ManualTime()
        let fetches = Fetches(time, lifetime: .seconds(3600))
        let cache = CachedCredentials(time: time) { try await fetches.fetch() }
        async let first = cache.credentials()
        async let second = cache.credentials()
        try await eventually { fetches.started == 1 }
        fetches.finish(1)
        #expect(try await [first.accessKeyID, second.accessKeyID] == ["1", "1"])
        time.advance(by: .seconds(3000))
        #expect(try await cache.credentials().accessKeyID == "1")
        #expect(fetches.started == 1)

        // Five minutes before the end the next are fetched, while these are good.
        time.advance(by: .seconds(400))
        #expect(try await cache.credentials().accessKeyID == "1")
        #expect(try await cache.credentials().accessKeyID == "1")
        try await eventually { fetches.started == 2 }
        fetches.finish(2)
        try await eventually { try await cache.credentials().accessKeyID == "2" }

        // In the last minute everybody waits.
        time.advance(by: .seconds(3590))
        async let third = cache.credentials()
        try await eventually { fetches.started == 3 }
        fetches.finish(3)
        #expect(try await third.accessKeyID == "3")

        try await cache.forget(cache.credentials())
        async let fourth = cache.credentials()
        try await eventually { fetches.started == 4 }
        fetches.finish(4)
        #expect(try await fourth.accessKeyID == "4")
    }

    @Test func aFailureIsToldAndNotRepeatedAtOnce() async throws {
        let time = ManualTime()
        let fetches = Fetches(time, lifetime: .zero)
        let cache = CachedCredentials(time: time) { try await fetches.fetch() }
        func failure() async -> AWSCredentialsError? {
            do {
                _ = try await cache.credentials()
                return nil
            } catch { return error as? AWSCredentialsError }
        }
        async let first = failure()
        try await eventually { fetches.started == 1 }
        fetches.finish(1)
        #expect(await first == .endpointRefused(status: 1))
        #expect(await failure() == .endpointRefused(status: 1))
        #expect(fetches.started == 1)
        time.advance(by: .seconds(1))
        async let second = failure()
        try await eventually { fetches.started == 2 }
        fetches.finish(2)
        #expect(await second == .endpointRefused(status: 2))
    }
}
