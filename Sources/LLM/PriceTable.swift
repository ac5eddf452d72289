/// What tokens cost, in US dollars.
///
/// List prices as the providers published them at the beginning of 2026, without discounts for batches or caches.
/// Prices change: what matters for accounting is to be given by `overriding`.
package struct PriceTable: Sendable {
    /// US dollars for a million tokens.
    package struct Price: Sendable, Equatable {
        package let input: Double
        package let output: Double

        package init(input: Double, output: Double) {
            self.input = input
            self.output = output
        }
    }

    /// Provider, then model.
    private var prices: [String: [String: Price]]

    package init(_ prices: [String: [String: Price]] = [:]) { self.prices = prices }

    package static let standard = PriceTable([
        "groq": [
            "llama-3.3-70b-versatile": Price(input: 0.59, output: 0.79),
            "llama-3.1-8b-instant": Price(input: 0.05, output: 0.08),
        ],
        "openai": [
            "gpt-4o-mini": Price(input: 0.15, output: 0.60),
            "gpt-4o": Price(input: 2.50, output: 10.00),
            "gpt-4.1": Price(input: 2.00, output: 8.00),
            "gpt-4.1-mini": Price(input: 0.40, output: 1.60),
            "gpt-4.1-nano": Price(input: 0.10, output: 0.40),
        ],
        "anthropic": [
            "claude-haiku-4-5": Price(input: 1.00, output: 5.00),
            "claude-sonnet-4-5": Price(input: 3.00, output: 15.00),
            "claude-3-5-haiku": Price(input: 0.80, output: 4.00),
        ],
    ])

    /// The same table with some prices replaced or added.
    package func overriding(_ newer: [String: [String: Price]]) -> PriceTable {
        PriceTable(prices.merging(newer) { $0.merging($1) { $1 } })
    }

    /// What a call cost; nil when the model's price is not known. Models at `ollama` run on one's own machine: 0.
    package func cost(provider: String, model: String, inputTokens: Int, outputTokens: Int) -> Double? {
        if provider == "ollama" { return 0 }
        guard let price = price(provider: provider, model: model) else { return nil }
        return (Double(inputTokens) * price.input + Double(outputTokens) * price.output) / 1_000_000
    }

    /// The model's own price, or that of the name it is a dated edition of: `gpt-4o-mini-2024-07-18`.
    private func price(provider: String, model: String) -> Price? {
        guard let models = prices[provider] else { return nil }
        if let price = models[model] { return price }
        let editions = models.keys.filter { name in
            guard model.hasPrefix(name + "-") else { return false }
            let edition = model.dropFirst(name.count + 1)
            return edition == "latest" || edition.allSatisfy { $0 == "-" || $0.isASCII && $0.isNumber }
        }
        return editions.max { $0.count < $1.count }.flatMap { models[$0] }
    }
}
