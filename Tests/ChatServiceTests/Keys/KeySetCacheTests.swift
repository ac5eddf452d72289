import Foundation
import Support
import TestSupport
import Testing

@testable import ChatService

@Suite struct KeySetCacheTests {
    /// Says what a test has told it to say, and counts.
    private final class Source: KeySetSource {
        struct State {
            var answer: Result<[UInt8], KeySetError>
            var readings = 0
            var waiting: [CheckedContinuation<Void, Never>] = []
            var isGated = false
        }

        let state: Locked<State>

        init(_ answer: [UInt8]) { state = Locked(State(answer: .success(answer))) }

        func read(_ url: String) async throws -> [UInt8] {
            await withCheckedContinuation { continuation in
                let goesOn = state.withLock { state in
                    state.readings += 1
                    if state.isGated { state.waiting.append(continuation) }
                    return !state.isGated
                }
                if goesOn { continuation.resume() }
            }
            return try state.withLock { $0.answer }.get()
        }

        var readings: Int { state.withLock { $0.readings } }
        func say(_ answer: Result<[UInt8], KeySetError>) { state.withLock { $0.answer = answer } }
        func open() {
            let waiting = state.withLock { state in
                state.isGated = false
                defer { state.waiting = [] }
                return state.waiting
            }
            for each in waiting { each.resume() }
        }
    }

    private let time = ManualTime()
    private let url = "https://id.example/keys"

    /// The fixture's set without the keys of these names.
    private func set(without names: [String] = []) throws -> [UInt8] {
        let keys = try KeyFixture.set()["keys"] as? [Any] ?? []
        let kept = keys.filter { !names.contains(($0 as? [String: Any])?["kid"] as? String ?? "") }
        return [UInt8](try JSONSerialization.data(withJSONObject: ["keys": kept]))
    }

    @Test("A set is read once, and by all who wait together")
    func singleFlight() async throws {
        let source = Source(try set())
        source.state.withLock { $0.isGated = true }
        let cache = KeySetCache(source: source, time: time)
        let waiting = (0..<8).map { _ in Task { try await cache.key("one", .rs256, at: url)?.id } }
        try await eventually { source.readings == 1 }
        source.open()
        for task in waiting { #expect(try await task.value == "one") }
        #expect(try await cache.key("two", .rs256, at: url)?.id == "two")
        #expect(source.readings == 1)
    }

    @Test("An unknown key makes it read again, once a minute at most: keys rotate")
    func rotation() async throws {
        let source = Source(try set(without: ["two"]))
        let cache = KeySetCache(source: source, time: time)
        #expect(try await cache.key("one", .rs256, at: url) != nil)
        source.say(.success(try set(without: ["one"])))
        for _ in 0..<5 { #expect(try await cache.key("two", .rs256, at: url) == nil) }
        #expect(source.readings == 1)
        time.advance(by: .seconds(60))
        #expect(try await cache.key("two", .rs256, at: url) != nil)
        #expect(try await cache.key("one", .rs256, at: url) == nil)
        #expect(source.readings == 2)
        for _ in 0..<5 { #expect(try await cache.key("stranger", .rs256, at: url) == nil) }
        #expect(source.readings == 2)
    }

    @Test("A withdrawn key is gone within the hour")
    func withdrawal() async throws {
        let source = Source(try set())
        let cache = KeySetCache(source: source, time: time)
        #expect(try await cache.key("one", .rs256, at: url) != nil)
        source.say(.success(try set(without: ["one"])))
        time.advance(by: .seconds(3_599))
        #expect(try await cache.key("one", .rs256, at: url) != nil)
        time.advance(by: .seconds(1))
        #expect(try await cache.key("one", .rs256, at: url) == nil)
    }

    @Test("While its server is down a set stays good for a day; then the reason is told")
    func outage() async throws {
        let source = Source(try set())
        let cache = KeySetCache(source: source, time: time)
        #expect(try await cache.key("one", .rs256, at: url) != nil)
        source.say(.failure(.refused))
        for _ in 0..<23 {
            time.advance(by: .seconds(3_600))
            #expect(try await cache.key("one", .rs256, at: url) != nil)
            #expect(try await cache.key("stranger", .rs256, at: url) == nil)
        }
        #expect(source.readings == 24)
        time.advance(by: .seconds(3_600))
        await #expect(throws: KeySetError.refused) { try await cache.key("one", .rs256, at: url) }
        // Not asked again before a minute has passed.
        await #expect(throws: KeySetError.refused) { try await cache.key("one", .rs256, at: url) }
        #expect(source.readings == 25)
        source.say(.success(try set()))
        time.advance(by: .seconds(60))
        #expect(try await cache.key("one", .rs256, at: url) != nil)
    }

    @Test("A set that cannot be read the first time is an error, each address for itself")
    func neverRead() async throws {
        let source = Source(Array("<html>".utf8))
        let cache = KeySetCache(source: source, time: time)
        await #expect(throws: KeySetError.notAKeySet) { try await cache.key("one", .rs256, at: url) }
        source.say(.success(try set()))
        await #expect(throws: KeySetError.notAKeySet) { try await cache.key("one", .rs256, at: url) }
        #expect(try await cache.key("one", .rs256, at: url + "2") != nil)
    }

    @Test("Only so many sets are remembered")
    func bounded() async throws {
        let source = Source(try set())
        let cache = KeySetCache(source: source, time: time)
        for number in 0...KeySetCache.mostSets {
            time.advance(by: .milliseconds(1))
            _ = try await cache.key("one", .rs256, at: "\(url)/\(number)")
        }
        let before = source.readings
        #expect(before == KeySetCache.mostSets + 1)
        _ = try await cache.key("one", .rs256, at: "\(url)/\(KeySetCache.mostSets)")
        #expect(source.readings == before)
        _ = try await cache.key("one", .rs256, at: "\(url)/0")
        #expect(source.readings == before + 1)
    }
}
