import Support

/// A Lua script, run as one indivisible step on the server; sent whole only where the server does not know it yet.
package struct RedisScript: Sendable {
    let text: String
    let digest: String

    /// - Parameter text: Lua 5.1, as Redis embeds it. Keys come in `KEYS`, all else in `ARGV`.
    package init(_ text: String) {
        self.text = text
        digest = SHA1.digest(Array(text.utf8)).hexadecimal
    }
}

extension RedisClient {
    /// Runs `script`.
    /// - Parameter isRepeatable: running it twice is the same as once.
    /// - Throws: `RedisError`, `CancellationError`.
    package func run(
        _ script: RedisScript, keys: [String], _ arguments: [RedisCommand.Argument] = [], isRepeatable: Bool
    ) async throws -> Reply {
        let rest = [.number(Int64(keys.count))] + keys.map { RedisCommand.Argument.text($0) } + arguments
        do {
            return try await send(
                RedisCommand("EVALSHA", [.text(script.digest)] + rest, isRepeatable: isRepeatable))
        } catch let error as RedisError where error.code == .noScript {
            // Nothing of it was run. EVAL keeps it for the next time.
            return try await send(RedisCommand("EVAL", [.text(script.text)] + rest, isRepeatable: isRepeatable))
        }
    }
}
