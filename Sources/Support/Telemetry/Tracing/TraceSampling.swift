/// Which traces are recorded: a share of them, chosen by their ids, so that every process chooses the same.
///
/// Source: OpenTelemetry, "Tracing SDK", built-in samplers.
package struct TraceSampling: Sendable, Equatable {
    /// From 0 to 1.
    package let share: Double
    /// Whether what the caller decided (the flag in its `traceparent`) counts for its traces.
    package let heedsParent: Bool

    package init(share: Double = 1, heedsParent: Bool = true) {
        self.share = share
        self.heedsParent = heedsParent
    }

    /// By the trace's id alone.
    /// - Parameter trace: 32 hexadecimal digits.
    package func takes(_ trace: String) -> Bool {
        guard share < 1 else { return true }
        guard share > 0, let number = UInt64(trace.suffix(16), radix: 16) else { return false }
        // Of 64 bits the first 63, as other SDKs do.
        return number >> 1 < UInt64(share * 0x1p63)
    }

    package func takes(_ trace: String, parentIsSampled: Bool?) -> Bool {
        if heedsParent, let parentIsSampled { return parentIsSampled }
        return takes(trace)
    }
}
