import AWS
import ChatService
import Support

extension CloudDirectory: PlatformRegistrations {
    package func registrations() async throws -> [PlatformRegistration] {
        try await all().sorted { ($0.name, $0.id) < ($1.name, $1.id) }
    }

    package func registration(_ id: String) async throws -> PlatformRegistration? {
        try await table.item(DirectoryKey.platform(id)).map(PlatformRegistration.init(item:))
    }

    package func registrations(issuer: String, clientID: String?) async throws -> [PlatformRegistration] {
        try await all().filter { $0.issuer == issuer && (clientID == nil || $0.clientID == clientID) }
            .sorted { ($0.clientID, $0.deploymentID) < ($1.clientID, $1.deploymentID) }
    }

    private func all() async throws -> [PlatformRegistration] {
        try await table.first(
            PlatformRegistration.most, ItemQuery(DirectoryKey.platforms, .begins(DirectoryKey.platform))
        ).map(PlatformRegistration.init(item:))
    }

    package func add(_ registration: PlatformRegistration) async throws {
        if case .set(let keys) = registration.keys { try CloudDirectoryError.check(keys) }
        try await change { transaction in
            let key = DirectoryKey.platform(registration.id)
            try await transaction.read([key, registration.client, DirectoryKey.platformGate])
            if let known = try await transaction.item(key) {
                // Ours, when an answer of the table was lost.
                if transaction.attempt > 0, try PlatformRegistration(item: known) == registration { return }
                throw RegistrationError.exists
            }
            guard try await self.all().count < PlatformRegistration.most else { throw RegistrationError.tooMany }
            guard try await transaction.item(registration.client) == nil else { throw RegistrationError.exists }
            transaction.put(registration.item, at: key)
            transaction.put(["id": .s(registration.id)], at: registration.client)
            transaction.put([:], at: DirectoryKey.platformGate)
        }
    }

    /// The links of its courses go after it, in portions; whoever calls it again goes on.
    package func removeRegistration(_ id: String) async throws -> Bool {
        var wasThere = false
        let isRemoved = try await change { transaction in
            guard let item = try await transaction.item(DirectoryKey.platform(id)) else { return wasThere }
            wasThere = true
            transaction.delete(item.key)
            transaction.delete(try PlatformRegistration(item: item).client)
            return true
        }
        try await deleteAll(ItemQuery(DirectoryKey.contexts(id))) { item in
            guard let context = item.text("context"), let course = item.text("course").flatMap({ try? CourseID($0) })
            else { return [] }
            return [DirectoryKey.link(context, id, to: course)]
        }
        return isRemoved
    }

    /// Takes the course of a name that may be given again out of what platforms' staff may connect to.
    func withdraw(_ course: CourseID) async throws {
        for registration in try await all() where registration.courses.contains(course) {
            try await change { transaction in
                guard var item = try await transaction.item(DirectoryKey.platform(registration.id)) else { return }
                let left = item.text("courses")?.split(separator: " ").filter { $0 != course.name } ?? []
                item["courses"] = .s(left.joined(separator: " "))
                transaction.put(item, at: item.key)
            }
        }
    }
}

/// A registration as it stands in the table.
extension PlatformRegistration {
    /// By which it differs from all others.
    fileprivate var client: ItemKey { DirectoryKey.client(issuer, clientID, deploymentID) }

    /// - Throws: for an item that this program did not write.
    fileprivate init(item: Item) throws {
        func words(_ name: String) -> [String] { item.text(name)?.split(separator: " ").map(String.init) ?? [] }
        let keys = try item.text("keysURL").map { Keys.url($0) } ?? .set(try item.needed("keySet"))
        self.init(
            id: try item.needed("id"), name: item.text("name") ?? "", issuer: try item.needed("issuer"),
            clientID: try item.needed("client"), deploymentID: try item.needed("deployment"),
            authorizationURL: try item.needed("authorizationURL"), keys: keys, origins: words("origins"),
            courses: try words("courses").map { try CourseID($0) }, createdAt: try item.neededMoment("createdAt"))
    }

    fileprivate var item: Item {
        var item: Item = [
            "id": .s(id), "name": .s(name), "issuer": .s(issuer), "client": .s(clientID),
            "deployment": .s(deploymentID), "authorizationURL": .s(authorizationURL),
            "origins": .s(origins.joined(separator: " ")),
            "courses": .s(courses.map(\.name).joined(separator: " ")),
            "createdAt": .n(String(createdAt.milliseconds)),
        ]
        switch keys {
        case .url(let text): item["keysURL"] = .s(text)
        case .set(let text): item["keySet"] = .s(text)
        }
        return item
    }
}
