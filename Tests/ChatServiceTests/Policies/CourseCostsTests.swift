import Support
import TestSupport
import Testing

@testable import ChatService

/// What a course has cost, without reading a month of questions each time.
@Suite struct CourseCostsTests {
    /// Costs by the second at which they were asked for, and how far each look went back.
    private final class Ledger: UsageRecord {
        let rows = Locked<[(at: Timestamp, cost: Double)]>([])
        let looks = Locked<[Timestamp]>([])

        func counts(of user: UserID, in course: CourseID, _ filters: [UsageFilter]) async throws -> [Int] { [] }
        func forget(_ user: UserID) async throws {}
        func cost(of course: CourseID, since moment: Timestamp) async throws -> Double {
            looks.withLock { $0.append(moment) }
            return rows.withLock { $0.filter { $0.at > moment }.reduce(0) { $0 + $1.cost } }
        }
    }

    private let ledger = Ledger()
    private let time = ManualTime()
    private let course: CourseID

    init() throws { course = try CourseID("algoritmos") }

    private func pay(_ cost: Double) { ledger.rows.withLock { $0.append((time.now, cost)) } }

    @Test func onlyWhatIsYoungIsAddedUpEachTime() async throws {
        let costs = CourseCosts(ledger)
        time.advance(by: .seconds(40 * 24 * 3600))
        pay(1)
        time.advance(by: .seconds(2 * 24 * 3600))
        pay(2)
        time.advance(by: .seconds(2 * 3600))
        pay(4)
        #expect(try await costs.costs(of: course, at: time.now) == .init(day: 6, month: 7))
        ledger.looks.withLock { $0 = [] }
        for _ in 0..<20 {
            pay(8)
            time.advance(by: .seconds(2))
            _ = try await costs.costs(of: course, at: time.now)
        }
        #expect(
            try await costs.costs(of: course, at: time.now) == .init(day: 166, month: 167), "all of it counts at once")
        let oldest = time.now + (.zero - CourseCosts.open) + (.zero - CourseCosts.lifetime)
        #expect(ledger.looks.withLock { $0 }.allSatisfy { $0 >= oldest })
        #expect(ledger.looks.withLock { $0.count } == 21)
        // A day later all of these have left the day.
        time.advance(by: CoursePolicy.day)
        #expect(try await costs.costs(of: course, at: time.now) == .init(day: 0, month: 167))
        time.advance(by: CoursePolicy.month)
        #expect(try await costs.costs(of: course, at: time.now) == .init(day: 0, month: 0))
    }

    @Test func coursesAreApartAndAClockThatIsSetBackIsNoTrouble() async throws {
        let costs = CourseCosts(ledger)
        pay(1)
        let now = time.now + .seconds(1)
        #expect(try await costs.costs(of: course, at: now).day == 1)
        #expect(try await costs.costs(of: course, at: now + (.zero - .seconds(600))).day == 1)
        let other = try CourseID("outro")
        ledger.looks.withLock { $0 = [] }
        _ = try await costs.costs(of: other, at: now)
        #expect(ledger.looks.withLock { $0.count } == 3)
    }
}
