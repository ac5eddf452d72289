import ChatService
import Support

/// Where an item stands in the table: its partition and its place in it.
package struct ItemKey: Sendable, Hashable {
    package let pk: String
    package let sk: String

    package init(_ pk: String, _ sk: String) {
        self.pk = pk
        self.sk = sk
    }
}

/// How all keys are made. Moments are padded with zeros, so that their texts stand in the order of time.
///
/// Names that people choose stand at the end of a key only, so that none can be read as another's.
enum ChatKey {
    /// Partitions of the list of jobs to look at, and of that of events to tell: one partition takes 1,000 writes a second.
    static let shards = 4

    /// All that is kept of a job.
    static func parts(ofJob id: String) -> String { "JOB#\(id)" }
    static func job(_ id: String) -> ItemKey { ItemKey(parts(ofJob: id), "JOB") }
    /// The job's terminal event.
    static func end(_ id: String) -> ItemKey { ItemKey(parts(ofJob: id), "END") }
    /// What a client sent along with its question, in parts.
    static func given(_ id: String, _ part: Int) -> ItemKey { ItemKey(parts(ofJob: id), "\(given)\(part)") }
    static let given = "GIVEN#"

    static func conversation(_ id: String) -> ItemKey { ItemKey("CONV#\(id)", "CONV") }
    static func message(_ conversation: String, _ ordinal: Int64) -> ItemKey {
        ItemKey("CONV#\(conversation)", messages + padded(ordinal))
    }
    static let messages = "M#"
    /// Where the message of an id stands.
    static func pointer(_ message: String) -> ItemKey { ItemKey("MSG#\(message)", "MSG") }
    /// Conversations by the day on which they were last used.
    static func used(_ day: Int, _ conversation: String) -> ItemKey { ItemKey(usedOn(day), conversation) }
    /// The day before which no conversation was used last.
    static let pruned = ItemKey("PRUNED", "USED")
    static func usedOn(_ day: Int) -> String { "USED#\(day)" }
    /// A conversation that is being deleted.
    static func gone(_ conversation: String) -> ItemKey { ItemKey(gone, conversation) }
    static let gone = "GONE"

    static func user(_ user: UserID) -> String { "USER#\(user.name)" }
    static func line(_ user: UserID) -> ItemKey { ItemKey(Self.user(user), "LINE") }
    static func spent(_ key: String, _ user: UserID) -> ItemKey { ItemKey(Self.user(user), keys + key) }
    static let keys = "KEY#"
    static func asked(_ user: UserID, _ course: String, _ at: Timestamp, _ job: String) -> ItemKey {
        ItemKey(Self.user(user), "\(askedIn(course))\(text(at))#\(job)")
    }
    static let asked = "ASK#"
    static func askedIn(_ course: String) -> String { "\(asked)\(course)#" }
    static func loaded(_ user: UserID, _ job: String) -> ItemKey { ItemKey(Self.user(user), loaded + job) }
    static let loaded = "LOAD#"

    static func backlog(_ kind: JobKind, _ room: Int) -> ItemKey { ItemKey("BACKLOG#\(kind.rawValue)#\(room)", "OPEN") }
    /// Accepted questions by the hour.
    static func accepted(_ at: Timestamp, _ job: String) -> ItemKey {
        ItemKey(acceptedIn(hour(at)), "\(text(at))#\(job)")
    }
    static func acceptedIn(_ hour: Int64) -> String { "ASKED#\(hour)" }

    static func costs(_ course: String) -> String { "COST#\(course)" }
    static func cost(_ course: String, _ at: Timestamp, _ job: String) -> ItemKey {
        ItemKey(costs(course), "\(costOf)\(text(at))#\(job)")
    }
    static let costOf = "Q#"
    static func cost(_ course: String, hour: Int64) -> ItemKey { ItemKey(costs(course), costIn + padded(hour)) }
    static let costIn = "H#"
    static func days(_ course: String) -> String { "DAY#\(course)" }
    static func day(_ course: String, _ day: Int, _ outcome: String, _ slot: Int64) -> ItemKey {
        ItemKey(days(course), "\(padded(Int64(day)))#\(outcome)#\(slot)")
    }
    static func rated(_ course: String, _ day: Int) -> ItemKey {
        ItemKey(days(course), "\(padded(Int64(day)))#~rated")
    }
    static func gaps(_ course: String) -> String { "GAP#\(course)" }
    static func gap(_ course: String, _ at: Timestamp, _ reply: String) -> ItemKey {
        ItemKey(gaps(course), "\(text(at))#\(reply)")
    }
    static func topics(_ course: String) -> String { "TOPIC#\(course)" }

    static func documents(_ course: String) -> String { "DOCS#\(course)" }
    static func document(_ course: String, _ id: String) -> ItemKey { ItemKey(documents(course), id) }
    static func originals(_ hash: String) -> String { "HASH#\(hash)" }
    static func original(_ hash: String, _ course: String, _ document: String) -> ItemKey {
        ItemKey(originals(hash), "\(course)#\(document)")
    }
    static let titles = "TITLES"
    static let letters = "DEAD"
    static func letter(_ at: Timestamp, _ job: String) -> ItemKey { ItemKey(letters, "\(text(at))#\(job)") }

    /// Partition of the index: open jobs by when they have to be looked at.
    static func watch(_ shard: Int) -> String { "WATCH#\(shard)" }
    /// Partition of the index: ended jobs whose event is to be told.
    static func tell(_ shard: Int) -> String { "TELL#\(shard)" }

    static func text(_ moment: Timestamp) -> String { padded(moment.milliseconds) }
    static func text(_ moment: Timestamp, _ id: String) -> String { "\(text(moment))#\(id)" }

    static func padded(_ number: Int64) -> String {
        let digits = String(max(number, 0))
        return String(repeating: "0", count: max(0, 15 - digits.utf8.count)) + digits
    }

    static func hour(_ moment: Timestamp) -> Int64 { moment.milliseconds / 3_600_000 }

    /// The same in every process.
    static func shard(_ id: String, of count: Int) -> Int {
        Int(id.utf8.reduce(UInt32(2_166_136_261)) { ($0 ^ UInt32($1)) &* 16_777_619 } % UInt32(max(count, 1)))
    }
}
