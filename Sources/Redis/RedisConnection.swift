import HTTPClient
import Support

/// A connection to Redis that comes back by itself, greeted. Used on its client's thread only.
final class RedisConnection {
    enum Event {
        /// Commands may be written.
        case opened
        case replies([RESPValue])
        /// What was written and not answered never will be.
        case lost(RedisError)
    }

    private enum Phase {
        case resting(until: Duration)
        case connecting
        case greeting(RedisGreeting, until: Duration)
        case ready(since: Duration)
    }

    private static let pieceSize = 64 << 10
    /// Pieces read in one turn, so that writing is never put off for long.
    private static let mostPieces = 16
    /// The shortest rest, whatever the jitter: a peer that closes at once is no reason to spin.
    private static let shortestRest = Duration.milliseconds(20)
    /// A connection that held for so long was a good one: the next trial comes soon.
    private static let goodLife = Duration.seconds(5)

    /// Why the last trial to connect failed; nil while a connection stands and in the first trial after one.
    private(set) var trouble: RedisError?
    /// When bytes came last.
    private(set) var heard: Duration = .zero
    /// There may be more to read than one turn reads.
    private var isBehind = false
    let stream: ByteStream
    private let address: RedisAddress
    private let options: RedisOptions
    private let log: Log
    private var phase = Phase.resting(until: .zero)
    private var parser: RESPParser
    private var attempts = 0
    private let piece = UnsafeMutableRawBufferPointer.allocate(byteCount: pieceSize, alignment: 1)

    init(_ address: RedisAddress, _ options: RedisOptions, _ stream: ByteStream, log: Log) {
        self.address = address
        self.options = options
        self.stream = stream
        self.log = log
        parser = RESPParser(limits: options.limits)
    }

    deinit { piece.deallocate() }

    var isReady: Bool { if case .ready = phase { true } else { false } }

    /// When `turn` is due at the latest; nil when nothing but bytes can happen.
    var nextTurn: Duration? {
        if isBehind { return .zero }
        return switch phase {
        case .resting(let until): until
        case .greeting(_, let until): until
        // curl keeps its own clock while it connects.
        case .connecting, .ready: nil
        }
    }

    /// Does what can be done now without waiting.
    func turn(now: Duration) -> [Event] {
        do {
            switch phase {
            case .resting(let until):
                guard now >= until else { return [] }
                phase = .connecting
                try stream.connect(to: address.peer, limit: options.connectLimit)
                return []
            case .connecting:
                guard try stream.advance() else { return [] }
                parser = RESPParser(limits: options.limits)
                var greeting = RedisGreeting(address, marker: options.marker)
                stream.write(greeting.begin())
                try stream.flush()
                phase = .greeting(greeting, until: now + options.connectLimit)
                return []
            case .greeting(_, let until):
                if now >= until { return [drop(RedisError(.connectTimeout, address), now: now)] }
                try stream.flush()
                return try greet(now: now)
            case .ready:
                try stream.flush()
                let replies = try read(now: now)
                return replies.isEmpty ? [] : [.replies(replies)]
            }
        } catch let failure as ByteStreamFailure {
            return [drop(RedisError(connection: failure, address), now: now)]
        } catch {
            return [drop(RedisError(.protocolViolation, address), now: now)]
        }
    }

    /// Writes; only when `isReady`. What cannot be sent shows in the next turn.
    func write(_ bytes: [UInt8], now: Duration) -> Event? {
        stream.write(bytes)
        do {
            try stream.flush()
            return nil
        } catch {
            return drop(RedisError(connection: error, address), now: now)
        }
    }

    /// Ends the connection because of `error` and rests before the next trial.
    func drop(_ error: RedisError, now: Duration) -> Event {
        stream.close()
        isBehind = false
        var hadLife = false
        if case .ready(let since) = phase {
            hadLife = true
            if now - since >= Self.goodLife { attempts = 0 }
        }
        if trouble?.code != error.code {
            log.warning(
                hadLife ? "connection to Redis lost" : "no connection to Redis",
                ["error": error.label, "redis": address.place])
        }
        // The first trial after a good connection is waited for; only its failure tells that Redis is down.
        if !hadLife || attempts > 0 { trouble = error }
        attempts += 1
        phase = .resting(until: now + Self.shortestRest + options.backoff.wait(afterAttempt: attempts))
        return .lost(error)
    }

    private func greet(now: Duration) throws -> [Event] {
        var rest = try read(now: now)[...]
        while let reply = rest.popFirst() {
            guard case .greeting(var greeting, let until) = phase else { break }
            switch greeting.take(reply) {
            case .wait: phase = .greeting(greeting, until: until)
            case .send(let bytes):
                phase = .greeting(greeting, until: until)
                stream.write(bytes)
                try stream.flush()
            case .refused(let error): return [drop(error, now: now)]
            case .done:
                phase = .ready(since: now)
                if trouble != nil { log.info("connected to Redis again", ["redis": address.place]) }
                trouble = nil
                // Nothing was asked yet that a reply could answer.
                guard rest.isEmpty else { return [drop(RedisError(.protocolViolation, address), now: now)] }
                return [.opened]
            }
        }
        return []
    }

    private func read(now: Duration) throws -> [RESPValue] {
        var replies: [RESPValue] = []
        isBehind = true
        do {
            for _ in 0..<Self.mostPieces {
                let count = try stream.receive(into: piece)
                guard count > 0 else {
                    isBehind = false
                    break
                }
                heard = now
                try parser.feed(UnsafeRawBufferPointer(rebasing: piece[..<count]), into: &replies)
            }
        } catch is ByteStreamFailure where !replies.isEmpty {
            // What came before the end counts; the end shows again in the next turn.
            isBehind = true
        }
        return replies
    }
}
