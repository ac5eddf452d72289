import Support

/// Configuration values in SSM Parameter Store: `/gepeto/prod/GROQ_API_KEY` under the path `/gepeto/prod` is the value of
/// `GROQ_API_KEY`. Fetched at the start, and again every `interval`.
///
/// No log line, sentence or description has a value in it.
package final class Secrets: Service, CustomStringConvertible {
    package let name = "secrets"
    package static let interval = Duration.seconds(300)

    /// Why there are no values to start with.
    package enum Trouble: ExplainedError, Equatable {
        case malformedPath
        case empty(path: String, region: String)

        package var label: String {
            switch self {
            case .malformedPath: "secrets_malformed_path"
            case .empty: "secrets_empty"
            }
        }

        package var description: String {
            switch self {
            case .malformedPath:
                "GEPETO_SECRETS must be env: or ssm: and a path from a slash on, such as ssm:/gepeto/prod."
            case .empty(let path, let region):
                "There is no parameter under \(path) in \(region): check the path in GEPETO_SECRETS, AWS_REGION, and that the role may call ssm:GetParametersByPath on it."
            }
        }
    }

    private let store: SSM
    private let path: String
    private let region: String
    private let interval: Duration
    private let time: any TimeSource
    private let log: Log
    private let changed: @Sendable (Set<String>) -> Void
    private let current = Locked<[String: String]>([:])
    private let stopping = Latch()

    /// - Parameters:
    ///   - path: from a slash on; one at its end does not matter.
    ///   - changed: told the names of values that are new, other or gone since the last time; never at the first.
    /// - Throws: `malformedPath`.
    package init(
        _ client: AWSClient, path: String, interval: Duration = interval, log: Log,
        time: any TimeSource = SystemTime(), changed: @escaping @Sendable (Set<String>) -> Void = { _ in }
    ) throws(Trouble) {
        var path = path
        while path.hasSuffix("/") { path.removeLast() }
        guard path.hasPrefix("/"), path.utf8.count <= 1_000, !path.utf8.contains(where: { $0 <= 0x20 || $0 >= 0x7f })
        else { throw .malformedPath }
        store = SSM(client)
        self.path = path
        region = client.endpoint.region
        self.interval = interval
        self.log = log
        self.time = time
        self.changed = changed
    }

    package var description: String { "Secrets(\(path))" }

    /// The values by the names of their settings.
    package var values: [String: String] { current.withLock { $0 } }

    /// Fetches the values: before anything else is configured.
    /// - Throws: `Trouble.empty`, `AWSError`, `AWSCredentialsError`, `CancellationError`.
    package func load() async throws {
        let found = try await fetch()
        guard !found.isEmpty else { throw Trouble.empty(path: path, region: region) }
        current.withLock { $0 = found }
    }

    /// Fetches them again and again. While that fails, or finds none at all, the former ones go on.
    package func run() async throws {
        while !stopping.isOpen, !Task.isCancelled {
            await pause()
            guard !stopping.isOpen, !Task.isCancelled else { return }
            do {
                try await refresh()
            } catch is CancellationError {
                return
            } catch {
                log.warning(
                    "secrets cannot be fetched; the former ones go on",
                    ["error": error.label, "reason": error.sentence])
            }
        }
    }

    package func shutDown() async { stopping.open() }

    func refresh() async throws {
        let found = try await fetch()
        guard !found.isEmpty else { throw Trouble.empty(path: path, region: region) }
        let names = current.withLock { current in
            let names = Set(found.keys).union(current.keys).filter { found[$0] != current[$0] }
            current = found
            return names
        }
        guard !names.isEmpty else { return }
        log.info("secrets have changed", ["names": names.sorted().joined(separator: " ")])
        changed(names)
    }

    /// Deeper paths are other programs' matter.
    private func fetch() async throws -> [String: String] {
        let parameters = try await store.getParametersByPath(path)
        var values: [String: String] = [:]
        for (name, value) in parameters {
            let rest = name.dropFirst(path.count + 1)
            if name.hasPrefix(path + "/"), !rest.isEmpty, !rest.contains("/") { values[String(rest)] = value }
        }
        return values
    }

    private func pause() async {
        await withTaskGroup(of: Void.self) { group in
            group.addTask { [stopping] in await stopping.wait() }
            group.addTask { [time, interval] in try? await time.sleep(for: interval) }
            await group.next()
            group.cancelAll()
        }
    }
}
