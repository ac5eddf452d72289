import Redis
import Support

/// Which part of the service a process is.
enum Role: String, CaseIterable {
    /// Everything in one process.
    case all
    /// Routes and sockets.
    case api
    /// Answers, ingestion, and what is swept.
    case worker

    var hasRoutes: Bool { self != .worker }
    var hasWorkers: Bool { self != .api }
}

/// Where processes share what they know.
struct CloudPlaces: Sendable {
    struct Bucket: Sendable, Equatable {
        let name: String
        /// Of all keys; without a slash at its end, may be empty.
        let prefix: String
        /// As the setting says it, for sentences.
        let setting: String
    }

    /// Of conversations and jobs.
    let table: String
    let questions: String
    let documents: String
    let sessions: RedisAddress
    let bucket: Bucket
}

extension Configuration {
    var role: Role { text("GEPETO_ROLE").flatMap(Role.init) ?? .all }

    /// nil where this process keeps everything itself.
    /// - Throws: `CommandFailure` for settings that do not go together; `RedisAddressError`.
    func cloudPlaces() throws -> CloudPlaces? {
        let (queue, uploads, history) = (
            place("GEPETO_QUEUE", "sqs:"), place("GEPETO_DOCUMENT_QUEUE", "sqs:"), place("GEPETO_HISTORY", "dynamodb:")
        )
        let sessions = text("GEPETO_SESSIONS").flatMap { $0 == "memory:" ? nil : $0 }
        let bucket = place("GEPETO_DOCUMENTS", "s3://")
        guard let queue, let uploads, let history, let sessions else {
            let group = [
                ("GEPETO_QUEUE", queue), ("GEPETO_DOCUMENT_QUEUE", uploads), ("GEPETO_HISTORY", history),
                ("GEPETO_SESSIONS", sessions),
            ]
            let missing = group.filter { $0.1 == nil }.map(\.0)
            guard missing.count == group.count else {
                throw CommandFailure(
                    "bad_setting",
                    "GEPETO_QUEUE, GEPETO_DOCUMENT_QUEUE, GEPETO_HISTORY and GEPETO_SESSIONS are shared together or not at all: set \(missing.joined(separator: " and ")) too, or unset the others."
                )
            }
            guard bucket == nil else {
                throw CommandFailure(
                    "bad_setting",
                    "GEPETO_DOCUMENTS=s3: needs GEPETO_HISTORY=dynamodb:<table>, by which one writer is elected.")
            }
            guard role == .all else {
                throw CommandFailure(
                    "bad_setting",
                    "GEPETO_ROLE=\(role.rawValue) needs places that processes share: set GEPETO_QUEUE, GEPETO_DOCUMENT_QUEUE, GEPETO_HISTORY, GEPETO_SESSIONS, GEPETO_DIRECTORY and GEPETO_DOCUMENTS, or use GEPETO_ROLE=all."
                )
            }
            return nil
        }
        guard let bucket else {
            throw CommandFailure(
                "bad_setting",
                "Where questions and uploads are shared, courses and originals must be: set GEPETO_DOCUMENTS to s3://bucket/prefix."
            )
        }
        guard directoryTable != nil || role == .all else {
            throw CommandFailure(
                "bad_setting",
                "GEPETO_ROLE=\(role.rawValue) needs users and members to be shared by all processes: set GEPETO_DIRECTORY to dynamodb:<table>."
            )
        }
        return CloudPlaces(
            table: history, questions: queue, documents: uploads,
            sessions: try RedisAddress(
                sessions, setting: "GEPETO_SESSIONS", certificates: text("GEPETO_REDIS_CERTIFICATES")),
            bucket: Self.bucket(bucket))
    }

    /// Where secrets are in the parameter store; nil where they are in the environment.
    var secretsPath: String? { place("GEPETO_SECRETS", "ssm:") }

    /// The table of users and members; nil where they are in the data folder.
    var directoryTable: String? { place("GEPETO_DIRECTORY", "dynamodb:") }

    /// For a verb that works on the data folder alone.
    /// - Throws: `CommandFailure` that says where to look instead.
    func mustBeLocal(_ verb: String, instead: String) throws {
        let elsewhere = [
            ("GEPETO_HISTORY", "sqlite:"), ("GEPETO_DIRECTORY", "sqlite:"), ("GEPETO_DOCUMENTS", "file:"),
        ].filter { text($0.0) != $0.1 }.map(\.0)
        guard let name = elsewhere.first else { return }
        throw CommandFailure(
            "not_local", "'\(verb)' works on a data folder, but \(name) says that things are kept elsewhere: \(instead)"
        )
    }

    private func place(_ name: String, _ head: String) -> String? {
        text(name).flatMap { $0.hasPrefix(head) ? String($0.dropFirst(head.count)) : nil }
    }

    private static func bucket(_ text: String) -> CloudPlaces.Bucket {
        let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        var prefix = parts.count > 1 ? String(parts[1]) : ""
        while prefix.hasSuffix("/") { prefix.removeLast() }
        return CloudPlaces.Bucket(name: String(parts[0]), prefix: prefix, setting: "s3://" + text)
    }
}
