import HTTPClient
import Support
import Testing

@testable import Redis

@Suite struct RedisValuesTests {
    private func address(_ text: String) throws -> RedisAddress { try RedisAddress(text, setting: "GEPETO_SESSIONS") }

    @Test func addresses() throws {
        let plain = try address("redis://localhost")
        #expect(plain.peer == ByteStream.Peer(host: "localhost", port: 6379, isEncrypted: false))
        #expect(plain.user == nil && plain.password == nil && plain.database == 0)
        let full = try address("rediss://app:p%40ss%3Aw%2F%25@cache.example:6380/3")
        #expect(full.peer == ByteStream.Peer(host: "cache.example", port: 6380, isEncrypted: true))
        #expect(full.user == "app" && full.password == "p@ss:w/%" && full.database == 3)
        #expect(full.place == "cache.example:6380")
        let unnamed = try address("redis://:secret@10.0.0.7/")
        #expect(unnamed.user == nil && unnamed.password == "secret" && unnamed.peer.port == 6379)
        #expect(try address("redis://[::1]:7000/0").peer.host == "[::1]")
        #expect(try address("redis://[::1]").peer.port == 6379)
    }

    @Test(arguments: [
        "", "redis", "redis:", "redis://", "http://h", "redis://:6379", "redis://h:0", "redis://h:65536", "redis://h:x",
        "redis://h:", "redis://h/x", "redis://h/-1", "redis://h/1/2", "redis://h/99999", "redis://user@h",
        "redis://user:@h",
        "redis://u:p%zz@h", "redis://u:p%4@h", "redis://u:p%0a@h", "redis://u:%ff@h", "redis://h h", "redis://h\r\n",
        "redis://[]", "redis://[x]", "redis://h?a", "redis://h#a", "redis://ü",
    ])
    func whatIsNoAddress(text: String) {
        let error = #expect(throws: RedisAddressError.self) { try address(text) }
        #expect(error?.description.contains("GEPETO_SESSIONS") == true)
    }

    @Test func noSecretIsInAnySentence() throws {
        let secret = try address("redis://ana:topsecret@h:1/0")
        for code in RedisError.Code.allCases {
            let error = RedisError(code, secret)
            #expect(!error.description.contains("topsecret") && !error.description.contains("ana"))
            #expect(error.description.hasSuffix(".") && error.label == "redis_\(code.rawValue)")
        }
    }

    @Test func refusalsByTheirFirstWord() throws {
        let place = try address("redis://h")
        let cases: [(String, RedisError.Code)] = [
            ("NOAUTH Authentication required.", .authentication), ("NOPERM no", .permission), ("OOM command", .full),
            ("LOADING Redis is loading", .notReady), ("READONLY You can't", .notReady), ("MOVED 1 h:1", .cluster),
            ("NOSCRIPT No", .noScript), ("ERR max number of clients reached", .limit), ("ERR unknown", .refusedCommand),
            ("", .refusedCommand),
        ]
        for (words, code) in cases { #expect(RedisError(refusal: words, place).code == code, "\(words)") }
    }

    @Test func commandsAreArraysOfBulkStrings() {
        let command = RedisCommand("SET", ["é", .bytes([13, 10]), .number(-7)], isRepeatable: true)
        #expect(command.encoded == Array("*4\r\n$3\r\nSET\r\n$2\r\né\r\n$2\r\n\r\n\r\n$2\r\n-7\r\n".utf8))
    }

    @Test func theGreetingAsksOneThingAfterTheOther() throws {
        var full = RedisGreeting(try address("redis://ana:pw@h/2"), marker: "run")
        #expect(
            String(decoding: full.begin(), as: UTF8.self)
                == "*3\r\n$4\r\nAUTH\r\n$3\r\nana\r\n$2\r\npw\r\n*2\r\n$6\r\nSELECT\r\n$1\r\n2\r\n"
                + "*2\r\n$4\r\nINFO\r\n$6\r\nserver\r\n")
        #expect(full.take(.text("OK")) == .wait)
        #expect(full.take(.text("OK")) == .wait)
        let info = RESPValue.bytes(Array("# Server\r\nredis_version:7\r\nrun_id:abc\r\nos:x\r\n".utf8))
        guard case .send(let mark) = full.take(info) else {
            Issue.record("another step")
            return
        }
        #expect(String(decoding: mark, as: UTF8.self).contains("$3\r\nrun\r\n$3\r\nabc\r\n"))
        #expect(full.take(.text("OK")) == .done)
        guard case .refused(let error) = full.take(.text("OK")) else {
            Issue.record("another step")
            return
        }
        #expect(error.code == .protocolViolation)
    }

    @Test func theGreetingSaysWhatWasRefused() throws {
        let place = try address("redis://ana:pw@h/2")
        func code(_ replies: [RESPValue]) -> RedisError.Code? {
            var greeting = RedisGreeting(place, marker: nil)
            _ = greeting.begin()
            for reply in replies { if case .refused(let error) = greeting.take(reply) { return error.code } }
            return nil
        }
        #expect(code([.error("WRONGPASS no")]) == .authentication)
        #expect(code([.error("ERR AUTH <password> called without any password")]) == .authentication)
        #expect(code([.text("OK"), .error("ERR DB index is out of range")]) == .database)
        #expect(code([.text("OK"), .text("OK"), .error("NOPERM")]) == .permission)
        #expect(code([.text("OK"), .text("OK"), .bytes(Array("x".utf8))]) == .protocolViolation)
        #expect(code([.text("OK"), .text("OK"), .bytes(Array("run_id:a\r\n".utf8))]) == nil)
    }

    @Test func subscriptionsWaitForTheLastConfirmation() {
        var channels = RedisSubscriptions<Int>(most: 2)
        let later = Duration.seconds(1)
        #expect(channels.want("a", 1, expires: later, isConnected: true) == .subscribe)
        #expect(channels.want("a", 2, expires: later, isConnected: true) == .wait)
        // Left and wanted again before the first confirmation: that one belongs to the life before.
        #expect(channels.leave("a") == [1, 2])
        #expect(channels.want("a", 3, expires: later, isConnected: true) == .subscribe)
        #expect(channels.confirmed("a").tickets == [])
        #expect(channels.confirmed("a").tickets == [3])
        #expect(channels.want("a", 4, expires: later, isConnected: true) == .confirmed)
        #expect(channels.want("b", 5, expires: later, isConnected: false) == .wait)
        #expect(channels.want("c", 6, expires: later, isConnected: true) == .tooMany)
        #expect(channels.nextExpiry == later)
        #expect(Set(channels.reconnected()) == ["a", "b"])
        #expect(!channels.confirmed("b").isRestored)
        #expect(channels.confirmed("a").isRestored)
        #expect(channels.nextExpiry == nil)
        #expect(channels.leave("b") == [])
        #expect(channels.leave("b") == nil)
        #expect(channels.want("d", 7, expires: later, isConnected: true) == .subscribe)
        #expect(channels.expire(now: later) == [7])
        #expect(channels.expire(now: later) == [])
        #expect(channels.wants("d") && channels.count == 2)
    }
}
