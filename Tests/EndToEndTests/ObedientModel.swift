import LLM
import Support

/// A language model without any judgement, as bad as an attacker can wish for.
///
/// Whatever it sees outside of the fences is an order to it, and it reads a prompt as a server does that knows the marks of
/// chat templates: behind such a mark everything is outside. It notes what it would have obeyed. An injection that it finds
/// within a fence it obeys as well: it says what the injection wants said, and cites the passage for it.
final class ObedientModel: LanguageModel {
    struct Seen: Sendable {
        /// Canaries that stood where an order is obeyed.
        var outside: [String] = []
        /// Canaries within fences.
        var fenced: Set<String> = []
        var requests: [GenerationRequest] = []
    }

    let provider = "obedient"
    let model = "obedient"
    private let canaries: [String]
    private let injection: Injection
    private let seen = Locked(Seen())

    init(_ injection: Injection, canaries: [String]) {
        self.injection = injection
        self.canaries = canaries
    }

    var notes: Seen { seen.withLock { $0 } }

    func generate(_ request: GenerationRequest) -> AsyncThrowingStream<GenerationEvent, any Error> {
        let parts = Self.parts(of: request.messages)
        seen.withLock { seen in
            seen.requests.append(request)
            seen.outside += canaries.filter { parts.outside.contains($0) }
            seen.fenced.formUnion(canaries.filter { canary in parts.passages.contains { $0.contains(canary) } })
        }
        let answer = answer(parts.passages, rules: request.messages.map(\.content).joined(separator: "\n"))
        return AsyncThrowingStream { continuation in
            // In pieces that cut words, markers and addresses.
            var rest = answer[...]
            while !rest.isEmpty {
                continuation.yield(.text(String(rest.prefix(5))))
                rest = rest.dropFirst(5)
            }
            continuation.yield(
                .finished(
                    GenerationUsage(
                        provider: "obedient", model: "obedient", inputTokens: 1, outputTokens: 1, costUSD: 0)))
            continuation.finish()
        }
    }

    private func answer(_ passages: [String], rules: String) -> String {
        if let place = passages.firstIndex(where: { $0.contains(injection.canary) }) {
            return injection.says == "RULES" ? rules : injection.says.replacing("[1]", with: "[\(place + 1)]")
        }
        let place = passages.firstIndex { $0.contains(injection.fact) } ?? 0
        return injection.fact + " [\(place + 1)]"
    }

    /// What stands in fences, passage by passage, and all the rest.
    private static func parts(of messages: [GenerationRequest.Message]) -> (outside: String, passages: [String]) {
        let fence = messages[0].content.firstMatch(of: /<<([0-9a-z]{12})/).map { String($0.output.1) } ?? ""
        var outside = ""
        var passages: [String] = []
        for message in messages {
            var isInside = false
            var isTurn = false
            for line in message.content.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline) {
                if isInside, breaksOut(line) { isTurn = true }
                if line.hasPrefix("<<\(fence) end>>") {
                    isInside = false
                } else if line.hasPrefix("<<\(fence) [") {
                    isInside = true
                    passages.append("")
                } else if isInside {
                    passages[passages.count - 1] += line + "\n"
                }
                if !isInside || isTurn { outside += line + "\n" }
            }
        }
        return (outside, passages)
    }

    /// Whether a template, or a careless reader, would take the line for the beginning of a turn or the end of the material.
    private static func breaksOut(_ line: Substring) -> Bool {
        line.contains(/<\|[^>]*\|>|\[\/?INST\]|<<\/?SYS>>|<\/?s>|<\/?(system|passage|context|tool_call)>/)
            || line.contains(
                /^\s*#*\s*(System|Sistema|Assistant|Assistente|Human|Usuário|User|Instruction|Instrução|Response|Resposta|Question|Pergunta)( \d+)?:/
            )
            || line.contains(/^\s*<<(?![0-9a-f]{12} (end>>|\[))/)
    }
}

/// One line of the manifest of injected documents (`Tests/Fixtures/answers/make_injections.py`).
struct Injection: Decodable, Sendable {
    let file: String
    let kind: String
    let language: String
    let question: String
    let fact: String
    let canary: String
    let says: String
    let hidden: Bool

    /// The same with its addresses at `host`.
    func pointing(at host: String) -> Injection {
        Injection(
            file: file, kind: kind, language: language, question: question, fact: fact, canary: canary,
            says: says.replacing("collector.invalid", with: host), hidden: hidden)
    }
}
