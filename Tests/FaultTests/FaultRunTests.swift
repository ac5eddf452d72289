import FoundationEssentials
import Support
import TestSupport
import Testing

/// Questions asked while processes are killed, workers stopped, the disk is full, the clock is set, connections are cut
/// and providers fail in every way: each of them ends exactly once, and each client is told so without a gap.
///
/// Every run has a seed, which stands in the report of a failing one; `GEPETO_FAULT_SEEDS=17...17` runs that one alone,
/// and `41...160` others. All of them run at once: more than a hundred or so only wait for each other.
@Suite("Fault runs", .timeLimit(.minutes(5)))
struct FaultRunTests {
    private static let seeds: ClosedRange<UInt64> = {
        let bounds = (ProcessInfo.processInfo.environment["GEPETO_FAULT_SEEDS"] ?? "").split(separator: "...")
        guard let first = bounds.first.flatMap({ UInt64($0) }), let last = bounds.last.flatMap({ UInt64($0) }) else {
            return 1...40
        }
        return first...max(first, last)
    }()

    @Test("Every accepted question ends exactly once", arguments: seeds)
    func run(seed: UInt64) async throws {
        let (chronicle, harm) = try await FaultRun.run(seed: seed)
        let findings = TotalQueue.findings(in: chronicle)
        #expect(findings.isEmpty, "seed \(seed), \(harm)")
        let accepted = TotalQueue(chronicle: chronicle).promises.count
        if ProcessInfo.processInfo.environment["GEPETO_FAULT_REPORT"] != nil {
            print("seed \(seed):", harm, Self.endings(chronicle))
        }
        #expect(accepted > 0, "seed \(seed): only \(accepted) questions were accepted")
    }

    /// How the questions fared, for the report.
    private static func endings(_ chronicle: Chronicle) -> String {
        var counts: [String: Int] = [:]
        for ask in chronicle.asks {
            switch ask.outcome {
            case .accepted: counts["accepted", default: 0] += 1
            case .refused: counts["refused", default: 0] += 1
            case .unknown: counts["unknown", default: 0] += 1
            }
        }
        for row in chronicle.ledger.jobs {
            switch row.terminal {
            case .completed(let text)?: counts[text.contains("(q") ? "answered" : "quoted", default: 0] += 1
            case .failed(let code)?: counts[code, default: 0] += 1
            default: counts["open", default: 0] += 1
            }
        }
        return counts.sorted { $0.key < $1.key }.map { "\($0.value) \($0.key)" }.joined(separator: ", ")
    }
}
