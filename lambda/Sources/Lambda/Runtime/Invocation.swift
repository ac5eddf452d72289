import Support

/// An event as the Runtime API hands it out.
package struct Invocation: Sendable, Equatable {
    /// `Lambda-Runtime-Aws-Request-Id`.
    package let id: String
    package let event: [UInt8]
    /// `Lambda-Runtime-Deadline-Ms`: when Lambda ends the function.
    package let deadline: Timestamp?
    /// `Lambda-Runtime-Trace-Id`.
    package let trace: TracingHeader?

    package init(id: String, event: [UInt8], deadline: Timestamp? = nil, trace: TracingHeader? = nil) {
        self.id = id
        self.event = event
        self.deadline = deadline
        self.trace = trace
    }
}

/// X-Ray's tracing header, `Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1` (X-Ray developer
/// guide, "Tracing header").
package struct TracingHeader: Sendable, Equatable {
    /// 32 hexadecimal digits.
    let traceID: String
    /// 16 hexadecimal digits.
    let parent: String
    let isSampled: Bool

    /// nil for what is no such header, and where no segment is named.
    package init?(_ text: String) {
        var fields: [Substring: Substring] = [:]
        for part in text.split(separator: ";").prefix(16) {
            let pair = part.split(separator: "=", maxSplits: 1)
            if pair.count == 2 { fields[pair[0]] = pair[1] }
        }
        guard let root = fields["Root"]?.split(separator: "-", omittingEmptySubsequences: false), root.count == 3,
            root[0] == "1", root[1].utf8.count == 8, root[2].utf8.count == 24, let parent = fields["Parent"],
            parent.utf8.count == 16
        else { return nil }
        let id = String(root[1] + root[2])
        guard (id + parent).utf8.allSatisfy({ (48...57).contains($0) || (97...102).contains($0) }) else { return nil }
        traceID = id
        self.parent = String(parent)
        isSampled = fields["Sampled"] == "1"
    }

    /// The same as W3C Trace Context says it.
    var traceparent: String { "00-\(traceID)-\(parent)-\(isSampled ? "01" : "00")" }
}
