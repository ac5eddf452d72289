import ChatService
import Redis
import Support

extension RedisSessions: SessionEraser {
    /// Deletes all events of the session, those of its other jobs too: their readers are told by the new epoch, and read
    /// the history. Events live for 15 minutes in any case.
    package func forget(jobs: [String], inSession id: String) async throws { try await clear(id) }

    package func forgetSessions(of user: UserID) async throws {
        let list = keys.sessions(of: user.name)
        let reply = try await client.send(
            RedisCommand("ZRANGE", [.text(list), "0", "-1"], isRepeatable: true))
        for id in (reply.elements ?? []).compactMap(\.string) where SessionKey(id) != nil {
            _ = try await client.run(
                SessionScripts.delete, keys: logKeys(id), [.text(keys.channel(id))], isRepeatable: true)
        }
        _ = try await client.send(RedisCommand("DEL", [.text(list)], isRepeatable: true))
    }
}
