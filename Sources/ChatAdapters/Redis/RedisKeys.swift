import Support

/// The names of what is kept in Redis. All begin with one prefix, so that several programs may share a server.
struct RedisKeys: Sendable {
    let prefix: String

    /// Which server this is: `RedisOptions.marker`.
    var run: String { prefix + "run" }

    /// A hash: whose session it is, and how far its log has come.
    func session(_ id: String) -> String { prefix + "s:" + id }
    /// A stream: the events of a session.
    func events(_ id: String) -> String { prefix + "e:" + id }
    /// The number of a job's terminal event.
    func end(_ id: String, job: String) -> String { prefix + "t:" + id + ":" + job }
    /// Where the events of a session are published.
    func channel(_ id: String) -> String { prefix + "c:" + id }
    func session(ofChannel channel: String) -> String { String(channel.dropFirst(prefix.utf8.count + 2)) }

    /// A sorted set: the user's sessions by when they were used last.
    func sessions(of user: String) -> String { prefix + "u:" + SHA256.hex(user.utf8) }

    /// A user's bucket. The name is not written out: keys are shown by monitoring.
    func bucket(_ name: String) -> String { prefix + "r:" + SHA256.hex(name.utf8) }
    func connection(_ id: String) -> String { prefix + "w:" + id }
    func connections(of session: String) -> String { prefix + "ws:" + session }
    func cached(_ namespace: String, _ key: String) -> String { prefix + "k:" + namespace + ":" + SHA256.hex(key.utf8) }
}

/// By whose clock scripts go.
package enum RedisClock: Sendable {
    /// The server's, which all processes share.
    case server
    /// For tests: one that is wound by hand.
    case wound(any TimeSource)

    /// Milliseconds since 1970; negative for the server's own.
    var argument: Int64 {
        switch self {
        case .server: -1
        case .wound(let time): time.steady.milliseconds
        }
    }

    /// The same on this machine.
    func here(_ time: any TimeSource) -> Timestamp {
        switch self {
        case .server: time.now
        case .wound(let time): time.steady
        }
    }
}
