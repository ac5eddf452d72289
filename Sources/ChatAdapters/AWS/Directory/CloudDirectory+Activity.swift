import AWS
import ChatService
import Support

extension CloudDirectory: ActivityRecord {
    package func activity(of user: UserID, most: Int) async throws -> Activity {
        let now = time.now
        var places: Set<String> = []
        for kind in [DirectoryKey.did, DirectoryKey.was] {
            let query = ItemQuery(DirectoryKey.user(user), .begins(kind)).backwards
            let found = try await table.first(most, query) { !$0.isPast(now) }
            places.formUnion(found.map { String($0.key.sk.dropFirst(kind.count)) })
        }
        // Places begin with the time.
        let entries = try await entries(places.sorted(by: >).prefix(most).map { $0 }).map(Self.entry)
        let signIns = try await signIns(of: user).filter { $0.expiresAt > now }.sorted { $0.begunAt > $1.begunAt }
        return Activity(
            signIns: signIns.map {
                Activity.SignIn(
                    begunAt: $0.begunAt.seconds, renewedAt: $0.renewedAt.seconds, expiresAt: $0.expiresAt.seconds)
            },
            trail: entries.map {
                Activity.Entry(
                    at: $0.at.seconds, action: $0.action, course: $0.course?.name, byYou: $0.actor == user,
                    toYou: $0.subject == user.name)
            })
    }
}
