import Support

/// A sentence of an answer with what each passage it cites has of it.
struct JudgedClaim {
    let text: String
    /// By marker, in the sentence's order.
    var findings: [(marker: Int, finding: ClaimFinding)]
    /// What the cited passages have together, where there are several.
    let together: ClaimFinding?
    /// The offered passages that it does not cite.
    let others: [CheckedPassage]

    func finding(for marker: Int) -> ClaimFinding? { findings.first { $0.marker == marker }?.finding }

    /// What one cited passage is worth to the sentence: also a part, when the cited passages carry it together.
    func verdict(for marker: Int) -> ClaimVerdict {
        guard let finding = finding(for: marker) else { return .unsupported }
        let own = finding.verdict
        if own == .supported || !isCarriedTogether { return own }
        return finding.match.coverage >= Self.share ? .supported : own
    }

    /// The best of the cited passages decides, else all together.
    var verdict: ClaimVerdict {
        let best = findings.map(\.finding.verdict).min() ?? .unsupported
        return isCarriedTogether ? .supported : best
    }

    private var isCarriedTogether: Bool {
        together?.verdict == .supported && !findings.contains { $0.finding.verdict == .supported }
    }

    /// Whether vectors could change a verdict.
    var isOpen: Bool { findings.contains { !$0.finding.isSettled } }

    /// The share of a sentence that a passage must bring to be one of those that carry it together.
    private static let share = 0.3
}
