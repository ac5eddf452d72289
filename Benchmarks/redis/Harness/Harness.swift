import Redis
import Support

/// `Harness URL one|pipelined|tasks COUNT`: sets and gets, prints commands a second.
@main
struct Harness {
    /// Commands of one pipeline, and tasks at once.
    static let (portion, tasks) = (100, 64)

    static func main() async throws {
        let arguments = CommandLine.arguments
        guard arguments.count == 4, let count = Int(arguments[3]) else {
            print("usage: Harness URL one|pipelined|tasks COUNT")
            return
        }
        let client = RedisClient(try RedisAddress(arguments[1], setting: "URL"))
        _ = try await client.send(RedisCommand("PING", isRepeatable: true))
        let time = SystemTime()
        let start = time.elapsed
        switch arguments[2] {
        case "one":
            for number in 0..<count { _ = try await client.send(command(number)) }
        case "pipelined":
            for first in stride(from: 0, to: count, by: portion) {
                _ = try await client.send(all: (first..<first + portion).map(command))
            }
        default:
            try await withThrowingTaskGroup(of: Void.self) { group in
                for task in 0..<tasks {
                    group.addTask {
                        for number in 0..<count / tasks { _ = try await client.send(command(number * tasks + task)) }
                    }
                }
                try await group.waitForAll()
            }
        }
        print(Int(Double(count) / (time.elapsed - start).inSeconds))
        await client.close()
    }

    private static let value = [UInt8](repeating: 120, count: 200)

    private static func command(_ number: Int) -> RedisCommand {
        let key = RedisCommand.Argument.text("key:\(number / 2 % 1_000)")
        return number % 2 == 0
            ? RedisCommand("SET", [key, .bytes(value)], isRepeatable: true)
            : RedisCommand("GET", [key], isRepeatable: true)
    }
}
