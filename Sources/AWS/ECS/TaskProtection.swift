import FoundationEssentials
import HTTPClient
import Support

/// Keeps ECS from scaling in this task while it has work in hand, by the agent's endpoint in the container.
///
/// A failure is logged and tried again, and never holds up any work: without protection a task that is scaled in drains
/// within its stop timeout like any other. Source: Amazon ECS, "Task scale-in protection endpoint".
package final class TaskProtection: Service {
    /// Whether there is work in hand, and what opens when that changes.
    package typealias Business = @Sendable () -> (isBusy: Bool, turn: Latch)

    private static let timeouts = HTTPTimeouts(
        connect: .seconds(1), firstByte: .seconds(4), silence: .seconds(4), total: .seconds(5))
    /// At the end of the process, which is about to be stopped in any case.
    private static let farewell = Duration.seconds(1)

    package let name = "task protection"
    private let url: String
    private let business: Business
    private let http: HTTPClient
    private let time: any TimeSource
    private let log: Log
    private let trouble = Locked<String?>(nil)
    private let stopping = Latch()

    /// nil outside ECS: where `ECS_AGENT_URI` is not set.
    package init?(
        _ environment: [String: String], business: @escaping Business, http: HTTPClient,
        time: any TimeSource = SystemTime(), log: Log
    ) {
        guard let agent = environment["ECS_AGENT_URI"], !agent.isEmpty else { return nil }
        url = agent + "/task-protection/v1/state"
        self.business = business
        self.http = http
        self.time = time
        self.log = log
    }

    package func run() async throws {
        var plan = ProtectionPlan()
        while !stopping.isOpen && !Task.isCancelled {
            let (isBusy, turn) = business()
            let now = time.elapsed
            switch plan.step(isBusy: isBusy, at: now) {
            case .rest(let limit): await wait(for: turn, limit)
            case let step:
                plan.ended(step, await ask(step == .protect, expiry: plan.expiry), at: now)
            }
        }
        if plan.isHeld { _ = try? await withDeadline(Self.farewell, time) { await self.ask(false, expiry: .zero) } }
    }

    package func shutDown() async { stopping.open() }

    private func wait(for turn: Latch, _ limit: Duration?) async {
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await turn.wait() }
            group.addTask { await self.stopping.wait() }
            // Cancelled when one of the others comes first; nothing to do then.
            if let limit { group.addTask { try? await self.time.sleep(for: limit) } }
            await group.next()
            group.cancelAll()
        }
    }

    // MARK: - The agent

    private struct Wish: Encodable {
        let enabled: Bool
        let minutes: Int?

        enum CodingKeys: String, CodingKey {
            case enabled = "ProtectionEnabled"
            case minutes = "ExpiresInMinutes"
        }
    }

    private struct Answer: Decodable {
        struct Protection: Decodable {
            let enabled: Bool

            enum CodingKeys: String, CodingKey { case enabled = "ProtectionEnabled" }
        }

        struct Fault: Decodable {
            let reason, code: String?

            enum CodingKeys: String, CodingKey {
                case reason = "Reason"
                case code = "Code"
            }
        }

        let protection: Protection?
        let failure, error: Fault?
    }

    private func ask(_ enabled: Bool, expiry: Duration) async -> ProtectionPlan.Outcome {
        let label: String
        do {
            let wish = Wish(enabled: enabled, minutes: enabled ? max(Int(expiry.components.seconds / 60), 1) : nil)
            let request = HTTPClientRequest(
                .put, url, headers: [("Content-Type", "application/json")], body: Array(try JSONEncoder().encode(wish)),
                timeouts: Self.timeouts, responseLimit: 16 << 10)
            let response = try await http.send(request)
            let body = await response.body.prefix(upTo: 16 << 10)
            let answer = try? JSONDecoder().decode(Answer.self, from: Data(body))
            if response.status == 200, answer?.protection?.enabled == enabled {
                if trouble.withLock({ $0.take() }) != nil { log.info("task protection works again") }
                log.debug("task protection changed", ["enabled": "\(enabled)"])
                return .done
            }
            label = Self.label(answer?.failure?.reason ?? answer?.error?.code) ?? "status_\(response.status)"
        } catch {
            label = error.label
        }
        let isNews = trouble.withLock { last in
            defer { last = label }
            return last != label
        }
        if isNews { log.warning("task protection not changed", ["error": label, "enabled": "\(enabled)"]) }
        return label == Self.blocked ? .blocked : .failed
    }

    /// The agent's reason while a deployment waits for protected tasks.
    private static let blocked = "DEPLOYMENT_BLOCKED"

    /// A name as AWS gives its errors, and nothing longer.
    private static func label(_ text: String?) -> String? {
        guard let text, (1...64).contains(text.utf8.count) else { return nil }
        let isName = text.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "_"): true
            default: false
            }
        }
        return isName ? text : nil
    }
}
