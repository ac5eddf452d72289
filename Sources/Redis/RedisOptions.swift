import Support

/// Bounds of a client.
package struct RedisOptions: Sendable {
    /// For one command, from the call to its reply (contract, section 5).
    package var timeout = Duration.milliseconds(500)
    /// For the name, the connection, TLS and the greeting.
    package var connectLimit = Duration.seconds(2)
    /// Commands that wait or are under way; beyond it they fail with `busy`.
    package var mostCommands = 10_000
    package var mostBytes = 32 << 20
    /// After so long without a word from the peer it is asked for one.
    package var idle = Duration.seconds(15)
    /// Waits between trials to connect.
    package var backoff = Backoff(base: .milliseconds(100), cap: .seconds(5))
    /// A key that is set to the `run_id` of the server before any other command: scripts tell by it that the server is
    /// another than before, and may have forgotten what it was told last.
    package var marker: String?
    package var limits = RESPParser.Limits()

    package init() {}
}
