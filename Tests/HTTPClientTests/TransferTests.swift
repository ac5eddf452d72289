import Support
import Testing

@testable import HTTPClient

/// The orders of events that a race would only sometimes show.
@Suite struct TransferTests {
    private let transfer = Transfer(
        HTTPClientRequest(
            .get, "http://h/",
            timeouts: HTTPTimeouts(
                connect: .seconds(1), firstByte: .seconds(1), silence: .seconds(1), total: .seconds(1))),
        on: CurlMulti(limit: 1, log: .silent))

    private func deliver(_ bytes: [UInt8]) -> Transfer.Delivery { bytes.withUnsafeBytes { transfer.deliver($0) } }

    private func deliverHead() throws -> HTTPResponseHead {
        let head = try #require(HTTPResponseHead(statusLine: "HTTP/1.1 200 OK"))
        transfer.deliver(head: head)
        return head
    }

    @Test func whatCameBeforeAFailureIsToldFirst() async throws {
        let head = try deliverHead()
        #expect(deliver([1, 2]) == .taken)
        #expect(deliver([3]) == .taken)
        transfer.fail(transfer.error(.closed))
        #expect(try await transfer.head() == head)
        #expect(try await transfer.nextBytes() == [1, 2, 3])
        for _ in 0..<2 {
            let error = await #expect(throws: HTTPClientError.self) { try await transfer.nextBytes() }
            #expect(error == HTTPClientError(.closed, host: "h", hadResponse: true))
        }
    }

    @Test func theEndStaysTheEnd() async throws {
        _ = try deliverHead()
        transfer.complete()
        transfer.fail(transfer.error(.closed))
        for _ in 0..<2 { #expect(try await transfer.nextBytes() == nil) }
        #expect(deliver([1]) == .unwanted)
    }

    @Test func cancellingThrowsAwayWhatWaits() async throws {
        _ = try deliverHead()
        #expect(deliver([1]) == .taken)
        transfer.cancel()
        await #expect(throws: CancellationError.self) { try await transfer.head() }
        await #expect(throws: CancellationError.self) { try await transfer.nextBytes() }
        #expect(deliver([1]) == .unwanted)
    }

    @Test func aFullBufferStopsThePeer() async throws {
        _ = try deliverHead()
        let half = [UInt8](repeating: 1, count: Transfer.bufferLimit / 2)
        #expect(deliver(half) == .taken)
        #expect(deliver(half) == .taken)
        #expect(deliver([1]) == .full)
        #expect(try await transfer.nextBytes()?.count == Transfer.bufferLimit)
        #expect(deliver([1]) == .taken)
    }

    @Test func anEndWithoutAHeadIsAFailure() async throws {
        transfer.fail(transfer.error(.refused))
        let error = await #expect(throws: HTTPClientError.self) { try await transfer.head() }
        #expect(error?.code == .refused)
    }
}
