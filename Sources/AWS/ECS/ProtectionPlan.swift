import Support

/// When a task is to be kept from being scaled in. A pure value, asked now and then.
///
/// A job that comes protects at once; what is idle stays protected a little longer, so that the next job costs no call.
struct ProtectionPlan: Sendable {
    enum Step: Sendable, Equatable {
        /// Ask for protection, also when it is held: then it is renewed.
        case protect
        case release
        /// Nothing, for that long at most; nil: until there is work.
        case rest(Duration?)
    }

    /// How a step ended.
    enum Outcome: Sendable, Equatable {
        case done
        /// Perhaps later.
        case failed
        /// A deployment waits for this task, among others, to be let go.
        case blocked
    }

    /// What is asked for; it runs out by itself when the process cannot release it.
    var expiry = Duration.seconds(6 * 60)
    /// How long an idle task keeps it.
    var linger = Duration.seconds(20)
    /// Between two tries that fail.
    var pause = Duration.seconds(10)
    /// How long a deployment has to go on before protection is asked for again.
    var deference = Duration.seconds(60)

    /// When what is held was asked for.
    private var heldSince: Duration?
    private var idleSince: Duration?
    private var notBefore = Duration.zero
    /// A deployment waits.
    private var mustLetGo = false

    init() {}

    var isHeld: Bool { heldSince != nil }

    /// - Parameter now: by a clock that never goes back.
    mutating func step(isBusy: Bool, at now: Duration) -> Step {
        if mustLetGo, isHeld { return .release }
        if isBusy {
            idleSince = nil
            guard now >= notBefore else { return .rest(notBefore - now) }
            guard let heldSince else { return .protect }
            let renewal = heldSince + expiry / 2
            return now >= renewal ? .protect : .rest(renewal - now)
        }
        guard heldSince != nil else { return .rest(nil) }
        let since = idleSince ?? now
        idleSince = since
        let end = max(since + linger, notBefore)
        return now >= end ? .release : .rest(end - now)
    }

    /// - Parameters:
    ///   - step: that was tried.
    ///   - now: when it was begun.
    mutating func ended(_ step: Step, _ outcome: Outcome, at now: Duration) {
        let hadToLetGo = mustLetGo
        mustLetGo = false
        switch outcome {
        case .done:
            heldSince = step == .protect ? now : nil
            idleSince = nil
            if !hadToLetGo { notBefore = .zero }
        case .failed, .blocked:
            // What has run out is held no more, and need not be released.
            if let held = heldSince, now - held >= expiry { heldSince = nil }
            notBefore = now + (outcome == .blocked ? deference : pause)
            mustLetGo = outcome == .blocked && isHeld && step == .protect
        }
    }
}
