import AWS
import Support
import TestSupport
import Testing

@testable import ChatAdapters

@Suite(.enabled(if: MotoServer.isInstalled, "\(MotoServer.missing)"))
struct WriterLeaseTests {
    @Test func oneHasItUntilItRunsOut() async throws {
        let house = try await CloudHouse("lease-runs-out")
        let (one, two) = (
            WriterLease(house.table, log: .silent, time: house.time),
            WriterLease(house.table, log: .silent, time: house.time)
        )
        #expect(one.fence == nil)
        #expect(try await one.take())
        #expect(one.fence == 1)
        #expect(try await !two.take())
        #expect(two.fence == nil)

        house.time.advance(by: .seconds(20))
        #expect(try await one.renew())
        house.time.advance(by: .seconds(20))
        #expect(one.fence == 1)
        #expect(try await !two.take())

        // It believes so no longer than it may, and another waits a little longer than that.
        house.time.advance(by: .seconds(10))
        #expect(one.fence == nil)
        #expect(try await !two.take())
        house.time.advance(by: WriterLease.tolerance + .milliseconds(1))
        #expect(try await two.take())
        #expect(two.fence == 2)
        #expect(try await !one.renew())
        #expect(try await !one.take())

        await two.giveBack()
        #expect(two.fence == nil)
        #expect(try await one.take())
        #expect(one.fence == 3)
        // What is given back belongs to the next: a late word of the one before changes nothing.
        await two.giveBack()
        #expect(try await one.renew())
    }

    @Test func oneOfManyIsElected() async throws {
        let house = try await CloudHouse("lease-one-of-many")
        let leases = (0..<6).map { _ in WriterLease(house.table, log: .silent, time: house.time) }
        let won = try await withThrowingTaskGroup(of: Bool.self) { group in
            for lease in leases { group.addTask { try await lease.take() } }
            return try await group.reduce(0) { $0 + ($1 ? 1 : 0) }
        }
        #expect(won == 1)
        #expect(leases.count { $0.fence != nil } == 1)
    }

    @Test func itIsTakenRenewedAndGivenBack() async throws {
        let house = try await CloudHouse("lease-service")
        let lease = WriterLease(house.table, log: .silent, time: house.time)
        async let run: Void = lease.run()
        await house.time.untilSleeping(1)
        #expect(lease.fence == 1)
        for _ in 0..<5 {
            house.time.advance(by: WriterLease.duration / 3)
            await house.time.untilSleeping(1)
            #expect(lease.fence == 1)
        }
        await lease.shutDown()
        try await run
        let item = try await house.table.getItem(["pk": "LEASE#courses", "sk": "LEASE"], deadline: .seconds(60))
        #expect(item?["leaseUntil"]?.integer == 0)
        #expect(item?["fence"]?.integer == 1)
    }
}
