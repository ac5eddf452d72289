import AWS
import Support

/// Elects the one process that writes: a lease on an item of a DynamoDB table, taken and renewed by conditional writes.
///
///     pk LEASE#<name>, sk LEASE: holder, leaseUntil (milliseconds since 1970), fence
///
/// Each holder gets a higher `fence` than all before. Whoever believes to hold the lease when it does not, for its clock
/// or its network is ill, is kept from doing harm by that number: `CourseSnapshots` takes nothing of a lower one.
package final class WriterLease: Service {
    package let name = "writer-lease"
    package static let duration = Duration.seconds(30)
    /// How much clocks of two machines may differ without the lease having two holders for a moment.
    static let tolerance = Duration.seconds(5)
    /// Between two tries of those who wait.
    static let interval = Duration.seconds(5)

    private struct Held {
        let fence: Int64
        /// By this process's own clock, counted from before the call was sent.
        let until: Duration
    }

    private let table: DynamoDB
    private let key: Item
    private let holder: String
    private let time: any TimeSource
    private let log: Log
    private let rounds: Rounds
    private let held = Locked<Held?>(nil)

    /// - Parameters:
    ///   - table: with the string keys `pk` and `sk`.
    ///   - subject: what the lease is for.
    ///   - holder: names this process, and no other.
    package init(
        _ table: DynamoDB, subject: String = "courses", holder: String = RandomIdentifier.make(), log: Log,
        time: any TimeSource = SystemTime()
    ) {
        self.table = table
        self.holder = holder
        self.time = time
        self.log = log
        key = ["pk": .s("LEASE#\(subject)"), "sk": "LEASE"]
        rounds = Rounds(time)
    }

    /// The fencing token while this process is the writer; nil when it is not, or cannot be sure for another moment.
    package var fence: Int64? {
        let now = time.elapsed
        return held.withLock { held in held.flatMap { now < $0.until ? $0.fence : nil } }
    }

    /// Takes the lease as soon as it is free, renews it at a third of its time, gives it back at the end.
    package func run() async throws {
        while rounds.goOn {
            let was = fence
            do {
                if try await held.withLock({ $0 }) == nil ? take() : renew(), was == nil {
                    log.info("this process writes the courses now", ["fence": fence.map { "\($0)" } ?? ""])
                }
            } catch is CancellationError {
                break
            } catch {
                log.warning("the writer's lease cannot be reached", ["error": error.label, "reason": error.sentence])
            }
            if was != nil, fence == nil { log.warning("another process may write the courses now") }
            await rounds.pause(held.withLock { $0 } == nil ? Self.interval : Self.duration / 3)
        }
        await giveBack()
    }

    package func shutDown() async { rounds.stop() }

    /// - Returns: whether the lease is this process's own now.
    func take() async throws -> Bool {
        let (asked, now) = (time.elapsed, time.now)
        do {
            let item = try await table.updateItem(
                key,
                Expression(
                    "SET #holder = :me, #until = :until, #fence = if_not_exists(#fence, :zero) + :one",
                    names: Self.names,
                    values: [":me": .s(holder), ":until": until(now), ":zero": .n(0), ":one": .n(1)]),
                if: Expression(
                    "attribute_not_exists(#until) OR #until < :stale", names: ["#until": "leaseUntil"],
                    values: [":stale": .n((now + (.zero - Self.tolerance)).milliseconds)]),
                returnsNew: true)
            return hold(item, asked)
        } catch let error as AWSError where error.isConditionFailure || error.mayHaveHappened {
            // Another has it; or it was taken by this very call, whose answer was lost.
            let item = try await table.getItem(key)
            guard item?["holder"]?.string == holder, let until = item?["leaseUntil"]?.integer, until > now.milliseconds
            else {
                if error.isConditionFailure { return false }
                throw error
            }
            return hold(item, asked)
        }
    }

    /// - Returns: whether the lease still is this process's own.
    func renew() async throws -> Bool {
        guard let mine = held.withLock({ $0 }) else { return false }
        let (asked, now) = (time.elapsed, time.now)
        do {
            try await table.updateItem(
                key,
                Expression("SET #until = :until", names: ["#until": "leaseUntil"], values: [":until": until(now)]),
                if: ownership(mine.fence))
        } catch let error as AWSError where error.isConditionFailure {
            held.withLock { $0 = nil }
            return false
        } catch {
            // Its time may run out before the next try comes through.
            held.withLock { held in if let mine = held, time.elapsed >= mine.until { held = nil } }
            throw error
        }
        held.withLock { $0 = Held(fence: mine.fence, until: asked + Self.duration) }
        return true
    }

    /// The next one need not wait. In a task of its own, for this one may have been cancelled; what fails runs out.
    func giveBack() async {
        guard
            let mine = held.withLock({ held in
                defer { held = nil }
                return held
            })
        else { return }
        await Task { [table, key] in
            _ = try? await table.updateItem(
                key, Expression("SET #until = :none", names: ["#until": "leaseUntil"], values: [":none": .n(0)]),
                if: ownership(mine.fence))
        }.value
    }

    private static let names = ["#holder": "holder", "#until": "leaseUntil", "#fence": "fence"]

    private func until(_ now: Timestamp) -> AttributeValue { .n((now + Self.duration).milliseconds) }

    private func ownership(_ fence: Int64) -> Expression {
        Expression(
            "#holder = :me AND #fence = :fence", names: ["#holder": "holder", "#fence": "fence"],
            values: [":me": .s(holder), ":fence": .n(fence)])
    }

    private func hold(_ item: Item?, _ asked: Duration) -> Bool {
        guard let fence = item?["fence"]?.integer else { return false }
        held.withLock { $0 = Held(fence: fence, until: asked + Self.duration) }
        return true
    }
}
