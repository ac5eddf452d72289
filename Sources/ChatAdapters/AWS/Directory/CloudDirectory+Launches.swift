import AWS
import ChatService
import Support

/// What platforms' courses are here, which launches were seen, and this server's own keys.
extension CloudDirectory {
    // MARK: - Courses of platforms

    package func course(of context: String, in registration: String) async throws -> CourseID? {
        try await table.item(DirectoryKey.context(context, registration)).map { try CourseID(try $0.needed("course")) }
    }

    package func connect(
        _ context: String, of registration: String, to course: CourseID, by user: UserID
    ) async throws -> CourseID {
        try await change { transaction in
            let (key, platform) = (
                DirectoryKey.context(context, registration), DirectoryKey.platform(registration)
            )
            try await transaction.read([key, platform])
            if let link = try await transaction.item(key) { return try CourseID(try link.needed("course")) }
            guard try await transaction.item(platform) != nil else { throw CloudDirectoryError.unknownRegistration }
            // None is made for a registration that is removed meanwhile.
            transaction.hold(platform)
            var link: Item = [
                "context": .s(context), "platform": .s(registration), "course": .s(course.name),
                "createdAt": .n(String(transaction.now.milliseconds)),
            ]
            transaction.put(link, at: DirectoryKey.link(context, registration, to: course))
            link.note(user, key.sk)
            transaction.put(link, at: key)
            return course
        }
    }

    package func disconnect(_ context: String, of registration: String) async throws {
        try await change { transaction in
            guard let link = try await transaction.item(DirectoryKey.context(context, registration)) else { return }
            transaction.delete(link.key)
            transaction.delete(DirectoryKey.link(context, registration, to: try CourseID(try link.needed("course"))))
        }
    }

    // MARK: - Launches

    /// Parts of the counter of nonces: of those who write one item at the same time all but one must try again.
    private static let rooms = 16

    /// At most `PlatformRegistration.mostNonces` that end within the same hour.
    package func spend(nonce: String, until: Timestamp) async throws -> Bool {
        let call = RandomIdentifier.make()
        let (key, hour) = (DirectoryKey.nonce(nonce), ChatKey.hour(until))
        let room = DirectoryKey.nonces(hour, ChatKey.shard(nonce, of: Self.rooms))
        return try await change { transaction in
            try await transaction.read([key, room])
            if let known = try await transaction.item(key), try known.neededMoment("until") > transaction.now {
                // Ours, when an answer of the table was lost.
                return known.text("call") == call
            }
            let count = try await transaction.item(room)?.int("count") ?? 0
            guard count < PlatformRegistration.mostNonces / Self.rooms else { throw RegistrationError.busy }
            transaction.put(
                (["until": .n(String(until.milliseconds)), "call": .s(call)] as Item).kept(until: until), at: key)
            transaction.put(
                (["count": .n(String(count + 1))] as Item)
                    .kept(until: Timestamp(milliseconds: (hour + 1) * 3_600_000)), at: room)
            return true
        }
    }

    // MARK: - Our own keys

    package func toolKeys() async throws -> [ToolKey] {
        try await table.item(DirectoryKey.toolKeys).map(Self.keys) ?? []
    }

    package func add(_ key: ToolKey, onlyIfFirst: Bool) async throws -> [ToolKey] {
        try await change { transaction in
            let known = try await transaction.item(DirectoryKey.toolKeys).map(Self.keys) ?? []
            // Ours is there already when an answer of the table was lost.
            if (onlyIfFirst && !known.isEmpty) || known.contains(key) { return known }
            let keys = Array((known + [key]).sorted { ($0.createdAt, $0.id) > ($1.createdAt, $1.id) }.prefix(2))
            let values = keys.map { key -> AttributeValue in
                .m(["id": .s(key.id), "pem": .s(key.pem), "createdAt": .n(String(key.createdAt.milliseconds))])
            }
            transaction.put(["keys": .l(values)], at: DirectoryKey.toolKeys)
            return keys
        }
    }

    private static func keys(_ item: Item) throws -> [ToolKey] {
        try (item["keys"]?.list ?? []).map { value in
            guard let key = value.map else { throw CloudStoreError.unreadable }
            return ToolKey(
                id: try key.needed("id"), pem: try key.needed("pem"), createdAt: try key.neededMoment("createdAt"))
        }
    }
}
