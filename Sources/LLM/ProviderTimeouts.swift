import HTTPClient
import Support

/// How long a provider may take for each part of a call.
package typealias ProviderTimeouts = HTTPTimeouts

extension ProviderTimeouts {
    /// Contract, section 5.
    package static let contract = ProviderTimeouts(
        connect: .seconds(3), firstByte: .seconds(10), silence: .seconds(10), total: .seconds(60))

    /// The same, with the whole call over when the job's deadline is.
    func until(_ deadline: Duration?, now: Duration) -> ProviderTimeouts {
        guard let deadline else { return self }
        var timeouts = self
        timeouts.total = min(total, deadline - now)
        return timeouts
    }
}
