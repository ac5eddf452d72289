import Redis

/// The log of a session as scripts keep it, each run as one step, so that many processes append to one log.
///
/// `KEYS`: the session's hash, its stream, the key with the server's `run_id`; for an append the key of the job's terminal
/// event. An event stands in the stream under the id `seq-0`, with `m` (milliseconds, kind, whether terminal, whether durable,
/// job) and `f` (the frame). The hash has
///
///     owner, epoch  as clients are told it
///     list          the key of the owner's sessions
///     seq           the last number given out
///     floor         no event up to this number is kept
///     oldest, bytes of what is kept
///     run           the server's run_id when the session was last written to
///     leaps         how often the server was another one than before
enum SessionScripts {
    /// How long a session is known after its last use.
    static let sessionAge = Duration.seconds(7 * 24 * 3600)
    /// A repeat of a terminal event is known for so long; jobs end after minutes, and publishing is tried every second.
    private static let endAge = Duration.seconds(3600)

    /// What all scripts share.
    ///
    /// A server with another run_id may have forgotten what it was told last: it was restarted from a snapshot, or was a
    /// replica. Its numbers leap over all that can have been given out meanwhile, and a new epoch tells clients.
    private static let prelude = """
        local function text(number) return string.format('%.0f', number) end
        local function moment(given)
            local at = tonumber(given)
            if at >= 0 then return at end
            local time = redis.call('TIME')
            return tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
        end
        local function load(fresh)
            local found = redis.call('HMGET', KEYS[1], 'owner', 'epoch', 'seq', 'floor', 'oldest', 'bytes', 'run', 'leaps',
                'list')
            if not found[1] then return nil end
            local s = {
                owner = found[1], epoch = found[2], seq = tonumber(found[3]), floor = tonumber(found[4]),
                oldest = tonumber(found[5]), bytes = tonumber(found[6]), leaps = tonumber(found[8]), list = found[9], changed = false
            }
            local run = redis.call('GET', KEYS[3]) or ''
            if run ~= found[7] then
                s.seq, s.epoch, s.leaps = s.seq + \(SessionRing.leap), fresh, s.leaps + 1
                redis.call('HSET', KEYS[1], 'run', run, 'epoch', fresh, 'leaps', s.leaps)
                s.changed = true
            end
            if s.floor < s.seq and redis.call('EXISTS', KEYS[2]) == 0 then
                s.floor, s.bytes, s.changed = s.seq, 0, true
            end
            return s
        end
        local function trim(s, at)
            local count = redis.call('XLEN', KEYS[2])
            local function isGood()
                return count <= \(SessionRing.mostEvents) and at - s.oldest <= \(SessionRing.retention.milliseconds)
                    and (s.bytes <= \(SessionRing.mostBytes) or count == 1)
            end
            while count > 0 and not isGood() do
                local found = redis.call('XRANGE', KEYS[2], '-', '+', 'COUNT', 65)
                local from = s.floor
                for index, entry in ipairs(found) do
                    s.oldest = tonumber(string.match(entry[2][2], '^%d+'))
                    if index == 65 or isGood() then break end
                    s.floor = tonumber(string.match(entry[1], '^%d+'))
                    s.bytes = s.bytes - #entry[2][4]
                    count = count - 1
                end
                s.changed = true
                if s.floor ~= from then redis.call('XTRIM', KEYS[2], 'MINID', '=', text(s.floor + 1) .. '-0') end
            end
        end
        local function save(s)
            redis.call('HSET', KEYS[1], 'seq', text(s.seq), 'floor', text(s.floor), 'oldest', text(s.oldest),
                'bytes', text(s.bytes))
            redis.call('PEXPIRE', KEYS[1], \(sessionAge.milliseconds))
        end
        -- Its owner's list leads to it for as long as it lives.
        local function use(s, at)
            redis.call('PEXPIRE', KEYS[1], \(sessionAge.milliseconds))
            if not s.list then return end
            redis.call('ZADD', s.list, text(at), string.match(KEYS[1], '[^:]*$'))
            redis.call('PEXPIRE', s.list, \(sessionAge.milliseconds))
        end

        """

    /// Sessions of one user that are remembered as theirs, to be forgotten together; those used last.
    static let mostOfUser = 1_000

    /// `KEYS[4]`: the user's sessions. `ARGV`: owner, epoch, the session, moment.
    static let create = RedisScript(
        """
        redis.call('ZADD', KEYS[4], ARGV[4], ARGV[3])
        redis.call('ZREMRANGEBYRANK', KEYS[4], 0, -1 - \(mostOfUser))
        redis.call('PEXPIRE', KEYS[4], \(sessionAge.milliseconds))
        redis.call('HSET', KEYS[1], 'owner', ARGV[1], 'epoch', ARGV[2], 'seq', 0, 'floor', 0, 'oldest', 0, 'bytes', 0,
            'run', redis.call('GET', KEYS[3]) or '', 'leaps', 0, 'list', KEYS[4])
        redis.call('PEXPIRE', KEYS[1], \(sessionAge.milliseconds))
        return 1
        """)

    /// `ARGV`: moment, an epoch in case one is needed, kind, job, whether terminal (1 or 0), whether durable, the frame up to
    /// its number and after it, the channel. Returns the number, or nil when nothing was appended.
    static let append = RedisScript(
        prelude + """
            local s = load(ARGV[2])
            if not s then return false end
            if ARGV[4] ~= '' then
                local first = redis.call('GET', KEYS[4])
                if first then
                    if s.changed then save(s) end
                    return ARGV[5] == '1' and first
                end
            end
            local at = moment(ARGV[1])
            if s.floor == s.seq then s.oldest = at end
            s.seq = s.seq + 1
            local number = text(s.seq)
            local frame = ARGV[7] .. number .. ARGV[8]
            local meta = text(at) .. ' ' .. ARGV[3] .. ' ' .. ARGV[5] .. ' ' .. ARGV[6] .. ' ' .. ARGV[4]
            redis.call('XADD', KEYS[2], number .. '-0', 'm', meta, 'f', frame)
            s.bytes = s.bytes + #frame
            trim(s, at)
            save(s)
            use(s, at)
            redis.call('PEXPIRE', KEYS[2], \(SessionRing.retention.milliseconds + 1_000))
            if ARGV[5] == '1' and ARGV[4] ~= '' then
                redis.call('SET', KEYS[4], number, 'PX', \(endAge.milliseconds))
            end
            redis.call('PUBLISH', ARGV[9], text(s.leaps) .. ' ' .. number .. ' ' .. meta .. '\\n' .. frame)
            return number
            """)

    /// `ARGV`: moment, an epoch in case one is needed, the number after which to read, the most events. Returns owner, epoch,
    /// seq, floor, leaps and, three for each event, number, meta and frame.
    static let read = RedisScript(
        prelude + """
            local s = load(ARGV[2])
            if not s then return false end
            local at = moment(ARGV[1])
            trim(s, at)
            if s.changed then save(s) end
            local from = math.max(tonumber(ARGV[3]), s.floor)
            local events = {}
            if from < s.seq then
                for _, entry in ipairs(redis.call('XRANGE', KEYS[2], text(from + 1) .. '-0', '+', 'COUNT', ARGV[4])) do
                    events[#events + 1] = string.match(entry[1], '^%d+')
                    events[#events + 1] = entry[2][2]
                    events[#events + 1] = entry[2][4]
                end
            end
            use(s, at)
            return {s.owner, s.epoch, text(s.seq), text(s.floor), text(s.leaps), events}
            """)

    /// Deletes the events for good. `ARGV`: a new epoch, the channel.
    static let clear = RedisScript(
        prelude + """
            local s = load(ARGV[1])
            if not s then return 0 end
            redis.call('DEL', KEYS[2])
            s.floor, s.bytes = s.seq, 0
            save(s)
            redis.call('HSET', KEYS[1], 'epoch', ARGV[1])
            redis.call('PUBLISH', ARGV[2], 'changed')
            return 1
            """)

    /// Deletes a session with all its events. `ARGV`: the channel.
    static let delete = RedisScript(
        """
        redis.call('DEL', KEYS[1], KEYS[2])
        redis.call('PUBLISH', ARGV[1], 'changed')
        return 1
        """)

    /// `ARGV`: the epoch that a reader was told who missed something.
    static let begin = RedisScript(
        """
        if redis.call('EXISTS', KEYS[1]) == 1 then redis.call('HSET', KEYS[1], 'epoch', ARGV[1]) end
        return 1
        """)
}
