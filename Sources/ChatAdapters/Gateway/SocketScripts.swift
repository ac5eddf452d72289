import Redis

/// The sockets at the gateway as scripts keep them. Beside `RedisConnections` there are
///
///     gs:<connection>  a hash: session, reader (JSON), seen, withheld, new, expires, opened, tries, until (not before then),
///                      token (of whoever sends just now; empty for nobody)
///     gr:<connection>  a list: frames outside the session's log that wait to be sent
///     gd               a sorted set: connections to be looked at, by the moment (in milliseconds)
///
/// Whoever claims a connection moves its moment to the end of the claim, so that another one comes to it when the claimer is
/// gone; who is done takes it out only while nothing is left, in the same step.
enum SocketScripts {
    private static let prelude = """
        local at = tonumber(ARGV[1])
        if at < 0 then
            local time = redis.call('TIME')
            at = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
        end
        local function text(number) return string.format('%.0f', number) end

        """

    private static let note = """
        local function note(key, session, reader, seen, withheld, expires, life)
            redis.call('HSET', key, 'session', session, 'reader', reader, 'seen', seen, 'withheld', withheld, 'new', 1,
                'expires', expires, 'opened', text(at), 'tries', 0, 'until', 0, 'token', '')
            redis.call('PEXPIRE', key, life)
        end

        """

    private static let claim = """
        local claims = {}
        local function claim(key, due, id, token, lease)
            redis.call('HSET', key, 'token', token)
            redis.call('ZADD', due, text(at + tonumber(lease)), id)
            local f = redis.call('HMGET', key, 'session', 'seen', 'withheld', 'new', 'expires', 'opened', 'tries')
            claims[#claims + 1] = id
            for index = 1, 7 do claims[#claims + 1] = f[index] end
        end

        """

    /// `KEYS`: socket, replies, due. `ARGV`: moment, connection, session, reader, seen, withheld, expires, milliseconds it lives.
    static let open = RedisScript(
        prelude + note + """
            redis.call('DEL', KEYS[1], KEYS[2])
            note(KEYS[1], ARGV[3], ARGV[4], ARGV[5], ARGV[6], ARGV[7], ARGV[8])
            redis.call('ZADD', KEYS[3], text(at), ARGV[2])
            return 1
            """)

    /// Something came for a session. `KEYS`: the session's connections, due. `ARGV`: moment, token (empty: only notes them as
    /// due), the most, what keys of sockets begin with, milliseconds of a claim.
    static let wake = RedisScript(
        prelude + note + claim + """
            for _, id in ipairs(redis.call('ZRANGEBYSCORE', KEYS[1], '(' .. text(at), '+inf')) do
                local key = ARGV[4] .. id
                if redis.call('EXISTS', key) == 0 then
                    -- Redis had no room for it: whoever looks at it closes the socket, and its reader comes again.
                    note(key, '', '', -1, -1, 0, ARGV[5])
                end
                local f = redis.call('HMGET', key, 'token', 'until')
                if f[1] == '' and tonumber(f[2]) <= at then
                    if ARGV[2] ~= '' and #claims < tonumber(ARGV[3]) * 8 then
                        claim(key, KEYS[2], id, ARGV[2], ARGV[5])
                    else
                        redis.call('ZADD', KEYS[2], text(at), id)
                    end
                end
            end
            return claims
            """)

    /// `KEYS`: due. `ARGV`: as for `wake`.
    static let due = RedisScript(
        prelude + claim + """
            for _, id in ipairs(redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', text(at), 'LIMIT', 0, ARGV[3])) do
                local key = ARGV[4] .. id
                if redis.call('EXISTS', key) == 1 then
                    claim(key, KEYS[1], id, ARGV[2], ARGV[5])
                else
                    redis.call('ZREM', KEYS[1], id)
                end
            end
            return claims
            """)

    /// An event was sent: the claim goes on. `KEYS`: socket, due. `ARGV`: moment, connection, token, number, milliseconds of a
    /// claim. Returns 0 when the claim is lost.
    static let acknowledge = RedisScript(
        prelude + """
            if redis.call('HGET', KEYS[1], 'token') ~= ARGV[3] then return 0 end
            redis.call('HSET', KEYS[1], 'seen', ARGV[4], 'new', 0, 'tries', 0)
            redis.call('ZADD', KEYS[2], text(at + tonumber(ARGV[5])), ARGV[2])
            return 1
            """)

    /// Nothing seems to be left. `KEYS`: socket, due, replies, session. `ARGV`: moment, connection, token. Returns 1 when that is
    /// so, 0 when there is more, -1 when the claim is lost.
    static let settle = RedisScript(
        prelude + """
            local f = redis.call('HMGET', KEYS[1], 'token', 'seen', 'expires')
            if f[1] ~= ARGV[3] then return -1 end
            if redis.call('LLEN', KEYS[3]) > 0 then return 0 end
            if tonumber(redis.call('HGET', KEYS[4], 'seq') or '0') > tonumber(f[2]) then return 0 end
            redis.call('HSET', KEYS[1], 'token', '', 'tries', 0, 'until', 0)
            if tonumber(f[3]) > 0 then
                redis.call('ZADD', KEYS[2], f[3], ARGV[2])
            else
                redis.call('ZREM', KEYS[2], ARGV[2])
            end
            return 1
            """)

    /// Gives the claim back, to be looked at after a while. `KEYS`: socket, due. `ARGV`: moment, connection, token, milliseconds
    /// from now, 1 to count it as a failure.
    static let postpone = RedisScript(
        prelude + """
            if redis.call('HGET', KEYS[1], 'token') ~= ARGV[3] then return 0 end
            local later = text(at + tonumber(ARGV[4]))
            redis.call('HSET', KEYS[1], 'token', '', 'until', later)
            redis.call('HINCRBY', KEYS[1], 'tries', ARGV[5])
            redis.call('ZADD', KEYS[2], later, ARGV[2])
            return 1
            """)

    /// `KEYS`: socket, due, replies. `ARGV`: moment, connection, frame, the most that wait, milliseconds they live.
    static let reply = RedisScript(
        prelude + """
            local f = redis.call('HMGET', KEYS[1], 'token', 'until')
            if not f[1] then return 0 end
            redis.call('RPUSH', KEYS[3], ARGV[3])
            redis.call('LTRIM', KEYS[3], '-' .. ARGV[4], '-1')
            redis.call('PEXPIRE', KEYS[3], ARGV[5])
            if f[1] == '' then redis.call('ZADD', KEYS[2], text(math.max(at, tonumber(f[2]))), ARGV[2]) end
            return 1
            """)

    /// A frame outside the log was sent. `KEYS`: socket, replies. `ARGV`: token, the frame. Returns 0 when the claim is lost. The
    /// frame may have had to make room meanwhile: no other one goes in its place.
    static let replied = RedisScript(
        """
        if redis.call('HGET', KEYS[1], 'token') ~= ARGV[1] then return 0 end
        redis.call('LREM', KEYS[2], 1, ARGV[2])
        return 1
        """)
}

extension RedisKeys {
    /// What is known of a socket at the gateway.
    func socket(_ connection: String) -> String { prefix + "gs:" + connection }
    /// Frames for it outside its session's log.
    func replies(_ connection: String) -> String { prefix + "gr:" + connection }
    /// The sockets that somebody is to look at.
    var dueSockets: String { prefix + "gd" }
}
