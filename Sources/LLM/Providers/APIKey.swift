/// What a provider knows us by: read anew for each call, for it may be changed while the process runs.
package struct APIKey: Sendable, ExpressibleByStringLiteral, CustomStringConvertible, CustomReflectable {
    private let read: @Sendable () -> String

    /// - Parameter read: called for each call; must be quick.
    package init(_ read: @escaping @Sendable () -> String) { self.read = read }

    package init(_ text: String) { self.init { text } }

    package init(stringLiteral text: String) { self.init(text) }

    var text: String { read() }

    /// No log and no failing test shows a secret.
    package var description: String { "APIKey" }
    package var customMirror: Mirror { Mirror(self, children: []) }
}
