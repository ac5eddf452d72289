import AWS
import ChatAdapters
import HTTPClient
import Redis
import Support

/// What `doctor` looks at where things are kept in the cloud.
struct CloudCheck: Sendable {
    let name: String
    /// Says how it stands.
    let run: @Sendable () async throws -> String

    /// One for each place that the settings name.
    /// - Throws: what says which setting is wrong.
    static func all(_ configuration: Configuration) throws -> [CloudCheck] {
        var checks: [CloudCheck] = []
        let places = try configuration.cloudPlaces()
        let clients = CloudClients(configuration.environment, log: .silent)
        if let path = configuration.secretsPath {
            checks.append(
                CloudCheck(name: "secrets") {
                    let secrets = try Secrets(try clients.client(.ssm), path: path, log: .silent)
                    try await secrets.load()
                    return "\(secrets.values.count) parameters under \(path)"
                })
        }
        if let places {
            for (name, url) in [("questions' queue", places.questions), ("documents' queue", places.documents)] {
                checks.append(
                    CloudCheck(name: name) {
                        try await CloudChat.checkQueue(url, clients)
                        return url
                    })
            }
            checks.append(
                CloudCheck(name: "sessions") {
                    let client = RedisClient(places.sessions)
                    let outcome = await Task {
                        try await client.send(RedisCommand("PING", isRepeatable: true))
                    }.result
                    await client.close()
                    _ = try outcome.get()
                    return "Redis at \(places.sessions.place)"
                })
        }
        for table in Set([places?.table, configuration.directoryTable].compactMap { $0 }).sorted() {
            checks.append(
                CloudCheck(name: "table \(table)") {
                    try await CloudChat.checkTable(table, clients)
                    return "keys, index and attributes are as they should be"
                })
        }
        if let bucket = places.map(\.bucket) {
            checks.append(
                CloudCheck(name: "bucket") {
                    let snapshots = CourseSnapshots(try clients.bucket(bucket.name), prefix: bucket.prefix)
                    var count = 0
                    for course in try await snapshots.etags().keys.sorted() where try await snapshots.check(course) {
                        count += 1
                    }
                    return "\(count) courses at \(bucket.setting)"
                })
        }
        return checks
    }
}
