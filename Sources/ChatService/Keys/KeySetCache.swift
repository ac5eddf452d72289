import Support

/// The key sets that were read, by their addresses: whoever checks a token asks here.
///
/// A set is read again when an hour has passed or a token names a key that is not in it, but never more than once a minute;
/// those who wait for the same set share one reading. While its server is down a set stays good for a day.
package actor KeySetCache {
    static let freshFor = Duration.seconds(3_600)
    static let goodFor = Duration.seconds(24 * 3_600)
    static let pause = Duration.seconds(60)
    /// Addresses remembered at once; the one longest not asked for is forgotten first.
    static let mostSets = 256

    private struct Entry {
        var keys: JSONWebKeySet?
        /// When `keys` were read.
        var readAt = Duration.zero
        /// When they were last asked for at their server, with or without success.
        var triedAt: Duration?
        var usedAt = Duration.zero
        var failure = KeySetError.unreachable
        var reading: Task<Void, Never>?
    }

    private let source: any KeySetSource
    private let time: any TimeSource
    private let log: Log
    private var entries: [String: Entry] = [:]

    package init(source: any KeySetSource, time: any TimeSource = SystemTime(), log: Log = .silent) {
        self.source = source
        self.time = time
        self.log = log
    }

    /// The key at `url` that a token names; nil when its owner has no such key.
    /// - Throws: `KeySetError` when the owner's keys are not at hand.
    package func key(_ id: String?, _ algorithm: JSONWebKey.Algorithm, at url: String) async throws(KeySetError)
        -> JSONWebKey?
    {
        touch(url)
        if isStale(url) || good(url)?.key(id, algorithm) == nil { await read(url) }
        guard let keys = good(url) else { throw entries[url]?.failure ?? .unreachable }
        return keys.key(id, algorithm)
    }

    private func good(_ url: String) -> JSONWebKeySet? {
        guard let entry = entries[url], let keys = entry.keys, time.elapsed - entry.readAt < Self.goodFor else {
            return nil
        }
        return keys
    }

    private func isStale(_ url: String) -> Bool {
        guard let entry = entries[url], entry.keys != nil else { return true }
        return time.elapsed - entry.readAt >= Self.freshFor
    }

    private func touch(_ url: String) {
        if entries[url] == nil, entries.count >= Self.mostSets {
            let idle = entries.filter { $0.value.reading == nil }
            if let oldest = idle.min(by: { $0.value.usedAt < $1.value.usedAt }) { entries[oldest.key] = nil }
        }
        entries[url, default: Entry()].usedAt = time.elapsed
    }

    /// Reads the set unless that was tried within the last minute; waits for a reading that is under way.
    private func read(_ url: String) async {
        if let reading = entries[url]?.reading { return await reading.value }
        if let triedAt = entries[url]?.triedAt, time.elapsed - triedAt < Self.pause { return }
        entries[url, default: Entry()].triedAt = time.elapsed
        // A task of its own: several wait for it, and who gives up must not take it from the others. It ends by itself, for
        // a reading takes five seconds at most.
        let reading = Task {
            let result = await fetched(url)
            note(result, url)
        }
        entries[url]?.reading = reading
        await reading.value
    }

    private func fetched(_ url: String) async -> Result<JSONWebKeySet, KeySetError> {
        do {
            return .success(try JSONWebKeySet(try await source.read(url)))
        } catch let error as KeySetError {
            return .failure(error)
        } catch {
            return .failure(.unreachable)
        }
    }

    private func note(_ result: Result<JSONWebKeySet, KeySetError>, _ url: String) {
        entries[url]?.reading = nil
        switch result {
        case .success(let keys):
            entries[url]?.keys = keys
            entries[url]?.readAt = time.elapsed
        case .failure(let error):
            entries[url]?.failure = error
            let isKnown = good(url) != nil
            log.warning("a key set could not be read", ["error": error.label, "old_one_used": "\(isKnown)"])
        }
    }
}
