import FoundationEssentials
import HTTPClient
import Support

/// Hands one message to a collector, again and again as the rule has it.
struct OTLPSender: Sendable {
    /// How many of a message's items the collector took.
    enum Result: Sendable, Equatable {
        /// - Parameter refused: items that it took the message without.
        case delivered(refused: Int)
        case lost(ExporterError)
    }

    private static let answerLimit = 16 << 10

    let url: String
    let headers: [(name: String, value: String)]
    let timeout: Duration
    let rule: DeliveryRule
    let http: HTTPClient
    let time: any TimeSource

    /// - Parameter leaving: opened when nothing may be waited for any more: what fails then is lost.
    func send(_ body: [UInt8], until leaving: Latch) async -> Result {
        let begin = time.elapsed
        var attempt = 1
        while true {
            let (outcome, answer, error) = await call(body)
            switch rule.step(after: outcome, attempt: attempt, spent: time.elapsed - begin) {
            case .delivered: return .delivered(refused: Self.refused(answer))
            case .givenUp: return .lost(error)
            case .again(let wait):
                guard !leaving.isOpen, !Task.isCancelled else { return .lost(error) }
                await rest(wait, leaving)
                attempt += 1
            }
        }
    }

    private func call(_ body: [UInt8]) async -> (DeliveryRule.Outcome, [UInt8], ExporterError) {
        let timeouts = HTTPTimeouts(
            connect: min(.seconds(3), timeout), firstByte: timeout, silence: timeout, total: timeout)
        let request = HTTPClientRequest(
            .post, url, headers: headers + [("Content-Type", "application/json")], body: body, timeouts: timeouts,
            responseLimit: Self.answerLimit)
        do {
            let response = try await http.send(request)
            let answer = await response.body.prefix(upTo: Self.answerLimit)
            let wait = response.head["retry-after"].flatMap { RetryAfter.parse($0, now: time.now) }
            return (
                .answered(status: response.status, retryAfter: wait), answer, .refused(response.status)
            )
        } catch {
            return (.failed, [], .unreachable(error.label, error.sentence))
        }
    }

    /// `ExportTracePartialSuccess`, and its like for metrics.
    private struct Answer: Decodable {
        struct Partial: Decodable {
            let rejectedSpans, rejectedDataPoints: Count?
        }

        /// A whole number of 64 bits: text by the rule, a number from some.
        struct Count: Decodable {
            let value: Int

            init(from decoder: any Decoder) throws {
                let container = try decoder.singleValueContainer()
                value = try (try? container.decode(Int.self)) ?? Int(container.decode(String.self)) ?? 0
            }
        }

        let partialSuccess: Partial?
    }

    static func refused(_ answer: [UInt8]) -> Int {
        // An answer that cannot be read was still a 200.
        guard let partial = try? JSONDecoder().decode(Answer.self, from: Data(answer)).partialSuccess else { return 0 }
        return max(partial.rejectedSpans?.value ?? partial.rejectedDataPoints?.value ?? 0, 0)
    }

    private func rest(_ wait: Duration, _ leaving: Latch) async {
        await withTaskGroup(of: Void.self) { group in
            // Cancelled when the process wants to end; nothing to do then.
            group.addTask { try? await time.sleep(for: wait) }
            group.addTask { await leaving.wait() }
            await group.next()
            group.cancelAll()
        }
    }
}
