import ChatService
import Redis
import Support
import TestSupport

@testable import ChatAdapters

/// Clients of a server of the tests, patient: a machine that is busy with other tests is no reason to fail.
enum RedisUnderTest {
    static func options() -> RedisOptions {
        var options = RedisOptions()
        options.timeout = .seconds(20)
        options.connectLimit = .seconds(20)
        options.backoff = Backoff(base: .milliseconds(10), cap: .milliseconds(50))
        return options
    }

    static func address(_ server: RedisServer) throws -> RedisAddress {
        try RedisAddress(server.url, setting: "GEPETO_SESSIONS")
    }

    static func client(_ server: RedisServer) throws -> RedisClient {
        RedisClient(try address(server), options: options())
    }

    static func sessions(
        _ server: RedisServer, prefix: String, sessionsInMemory: Int = 100, time: any TimeSource = ManualTime(),
        clock: RedisClock = .server
    ) throws -> RedisSessions {
        RedisSessions(
            try address(server), prefix: prefix, options: options(), sessionsInMemory: sessionsInMemory, time: time,
            clock: clock)
    }
}
