import Glibc
import Support
import TestSupport
import Testing

@testable import Redis

/// Against a real `redis-server`.
@Suite(.timeLimit(.minutes(5))) struct RedisClientTests {
    /// A machine that is busy with other tests is no reason to fail.
    private func options(_ timeout: Duration = .seconds(20)) -> RedisOptions {
        var options = RedisOptions()
        options.timeout = timeout
        options.connectLimit = .seconds(20)
        options.backoff = Backoff(base: .milliseconds(10), cap: .milliseconds(50))
        return options
    }

    private func address(_ server: RedisServer, _ url: String? = nil) throws -> RedisAddress {
        try RedisAddress(
            url ?? server.url, setting: "GEPETO_SESSIONS", certificates: server.isEncrypted ? server.certificates : nil)
    }

    private func get(_ key: String) -> RedisCommand { RedisCommand("GET", [.text(key)], isRepeatable: true) }

    private func set(_ key: String, _ value: [UInt8]) -> RedisCommand {
        RedisCommand("SET", [.text(key), .bytes(value)], isRepeatable: true)
    }

    /// The code of the error that `command` fails with.
    private func failure(_ client: RedisClient, _ command: RedisCommand) async -> RedisError.Code? {
        do {
            _ = try await client.send(command)
            return nil
        } catch {
            return (error as? RedisError)?.code
        }
    }

    @Test func commandsOfManyTasksGetTheirOwnReplies() async throws {
        let client = RedisClient(try address(try await .shared()), options: options())
        let prefix = RandomIdentifier.make()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 0..<500 {
                group.addTask {
                    let value = Array("\(number)\r\n".utf8) + [0, 255]
                    let key = "\(prefix)\(number)"
                    let replies = (try await client.send(set(key, value)), try await client.send(get(key)))
                    #expect(replies == (.text("OK"), .bytes(value)))
                }
            }
            try await group.waitForAll()
        }
        let replies = try await client.send(all: (0..<500).map { get("\(prefix)\($0)") })
        #expect(replies.count == 500 && replies[499] == .bytes(Array("499\r\n".utf8) + [0, 255]))
        #expect(try await client.send(get(prefix)) == .null)
        // What is refused is refused for itself only.
        let mixed = [get("\(prefix)1"), RedisCommand("LPUSH", [.text("\(prefix)1"), "x"], isRepeatable: false)]
        await #expect(throws: RedisError(.refusedCommand, client.address)) { try await client.send(all: mixed) }
        client.post(set("\(prefix)posted", [1]))
        #expect(try await client.send(get("\(prefix)posted")) == .bytes([1]))
        #expect(client.trouble == nil)
        await client.close()
        #expect(await failure(client, get("x")) == .closed)
    }

    @Test func aLargeValueGoesThereAndBack() async throws {
        let client = RedisClient(try address(try await .shared()), options: options())
        let key = RandomIdentifier.make()
        let value = (0..<3 << 20).map { UInt8(truncatingIfNeeded: $0 &* 31 >> 3) }
        #expect(try await client.send(set(key, value)) == .text("OK"))
        #expect(try await client.send(get(key)) == .bytes(value))
        _ = try await client.send(RedisCommand("DEL", [.text(key)], isRepeatable: true))
        await client.close()
    }

    @Test func tlsWithAPassword() async throws {
        let server = try await RedisServer(password: "s3cret", isEncrypted: true)
        let client = RedisClient(try address(server), options: options())
        let value = [UInt8](repeating: 3, count: 1 << 20)
        let replies = try await client.send(all: (0..<8).map { set("k\($0)", value) } + (0..<8).map { get("k\($0)") })
        #expect(replies[8...].allSatisfy { $0 == .bytes(value) })
        await client.close()

        // The system does not know the authority of the tests.
        let untrusting = RedisClient(try RedisAddress(server.url, setting: "GEPETO_SESSIONS"), options: options())
        #expect(await failure(untrusting, get("k1")) == .untrusted)
        await untrusting.close()
        // A name that the certificate does not have.
        let elsewhere = RedisClient(
            try address(server, server.url.replacing("127.0.0.1", with: "localhost")), options: options())
        #expect(await failure(elsewhere, get("k1")) == .untrusted)
        await elsewhere.close()
        // Without TLS to a port that wants it.
        let plain = RedisClient(try address(server, server.url.replacing("rediss", with: "redis")), options: options())
        let code = await failure(plain, get("k1"))
        #expect(code == .lost || code == .protocolViolation, "\(String(describing: code))")
        await plain.close()
    }

    @Test func passwordsAndDatabases() async throws {
        let server = try await RedisServer(password: "s3cret")
        let good = RedisClient(
            try address(server, "redis://default:s3cret@127.0.0.1:\(server.port)/3"), options: options())
        #expect(try await good.send(set("k", [1])) == .text("OK"))
        await good.close()
        let wrong: [(String, RedisError.Code)] = [
            ("redis://127.0.0.1:\(server.port)", .authentication),
            ("redis://:no@127.0.0.1:\(server.port)", .authentication),
            ("redis://:s3cret@127.0.0.1:\(server.port)/99", .database),
        ]
        for (url, code) in wrong {
            let client = RedisClient(try address(server, url), options: options())
            #expect(await failure(client, get("k")) == code, "\(url)")
            // It stays so, and is told at once.
            #expect(client.trouble?.code == code)
            #expect(await failure(client, get("k")) == code)
            await client.close()
        }
        let zero = RedisClient(try address(server), options: options())
        #expect(try await zero.send(get("k")) == .null)
        await zero.close()
    }

    @Test func aServerThatIsKilledAndComesBack() async throws {
        let server = try await RedisServer()
        var options = options()
        options.marker = "run"
        let client = RedisClient(try address(server), options: options)
        _ = try await client.send(set("k", [1]))
        let run = try await client.send(get("run"))
        server.kill()
        // At first it is only a lost connection, then it is known to be down and nobody waits.
        try await eventually { await failure(client, get("k")) == .refused }
        #expect(client.trouble?.code == .refused)
        try await server.start()
        try await eventually { await failure(client, get("k")) == nil }
        #expect(client.trouble == nil)
        // It came back empty, and scripts can tell.
        #expect(try await client.send(get("k")) == .null)
        let other = try await client.send(get("run"))
        #expect(other != .null && other != run)
        await client.close()
    }

    @Test func whatIsRepeatableOutlivesABrokenConnection() async throws {
        let server = try await RedisServer()
        let client = RedisClient(try address(server), options: options())
        let helper = RedisClient(try address(server), options: options())
        _ = try await client.send(set("k", [1]))
        server.pause()
        async let repeatable = client.send(get("k"))
        async let other = failure(client, RedisCommand("INCR", ["n"], isRepeatable: false))
        // The helper's command gets there first or not: in any case the connections break while something is due.
        helper.post(RedisCommand("CLIENT", ["KILL", "TYPE", "normal", "SKIPME", "yes"], isRepeatable: false))
        server.resume()
        #expect(try await repeatable == .bytes([1]))
        let code = await other
        let count = try await client.send(get("n"))
        // Never twice: lost before or after it was carried out, or answered.
        switch code {
        case nil: #expect(count == .bytes(Array("1".utf8)))
        case .lost?: #expect(count == .null || count == .bytes(Array("1".utf8)))
        default: Issue.record("\(String(describing: code))")
        }
        await client.close()
        await helper.close()
    }

    @Test func aServerThatHangsHoldsNobodyLongerThanTheDeadline() async throws {
        let server = try await RedisServer()
        let client = RedisClient(try address(server), options: options(.milliseconds(300)))
        try await eventually { await failure(client, set("k", [1])) == nil }
        server.pause()
        let codes = await withTaskGroup(of: RedisError.Code?.self) { group in
            for _ in 0..<20 { group.addTask { await failure(client, get("k")) } }
            return await group.reduce(into: []) { $0.append($1) }
        }
        #expect(codes.allSatisfy { $0 == .timeout || $0 == .lost }, "\(codes)")
        server.resume()
        try await eventually { await failure(client, get("k")) == nil }
        await client.close()
    }

    @Test func aCancelledCallerDoesNotWait() async throws {
        let server = try await RedisServer()
        let client = RedisClient(try address(server), options: options())
        _ = try await client.send(set("k", [1]))
        server.pause()
        let call = Task { try await client.send(get("k")) }
        call.cancel()
        await #expect(throws: CancellationError.self) { try await call.value }
        server.resume()
        // Its reply is not taken for another's.
        _ = try await client.send(set("k", [2]))
        #expect(try await client.send(get("k")) == .bytes([2]))
        await client.close()
    }

    @Test func onlySoManyMayWait() async throws {
        let fake = try FakeRedis([""])
        var options = options(.milliseconds(200))
        options.mostCommands = 3
        let client = RedisClient(try fake.address(), options: options)
        let codes = await withTaskGroup(of: RedisError.Code?.self) { group in
            for _ in 0..<10 { group.addTask { await failure(client, get("k")) } }
            return await group.reduce(into: []) { $0.append($1) }
        }
        #expect(codes.count { $0 == .busy } >= 4, "\(codes)")
        #expect(codes.contains(.timeout))
        await client.close()
    }

    @Test(arguments: [
        "HTTP/1.1 400 Bad Request\r\n\r\n", "\u{0}\u{1}\u{2}", "+OK\r\n", "$99999999999\r\n", "*1000000\r\n",
        ":1\r\n:2\r\n",
    ])
    func whatIsNoRedisIsLeft(greeting: String) async throws {
        let fake = try FakeRedis([greeting])
        let client = RedisClient(try fake.address(), options: options())
        #expect(await failure(client, get("k")) == .protocolViolation)
        #expect(client.trouble?.code == .protocolViolation)
        await client.close()
    }

    @Test func garbageAfterTheGreetingDropsTheConnection() async throws {
        let fake = try FakeRedis([FakeRedis.greeting + "!garbage\r\n", FakeRedis.greeting + ":5\r\n"])
        let client = RedisClient(try fake.address(), options: options())
        // A reply nobody asked for, or garbage: whatever waited is told, and the connection made anew.
        try await eventually {
            _ = await failure(client, get("k"))
            return fake.accepted >= 3
        }
        await client.close()
    }

    @Test func whatDoesNotExistIsSaid() async throws {
        let port = try Loopback.listen(backlog: 1)
        close(port.socket)
        let nobody = RedisClient(try RedisAddress("redis://127.0.0.1:\(port.port)", setting: "S"), options: options())
        #expect(await failure(nobody, get("k")) == .refused)
        await nobody.close()
        let unknown = RedisClient(try RedisAddress("redis://no-such-host.invalid", setting: "S"), options: options())
        let code = await failure(unknown, get("k"))
        #expect(code == .resolve || code == .connectTimeout)
        await unknown.close()
    }
}
