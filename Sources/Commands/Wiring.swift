import AWS
import ChatService
import Embedding
import HTTPClient
import LLM
import Retrieval
import Support

/// Where adapters are chosen; nowhere else.
enum Wiring {
    static func embedder(_ configuration: Configuration) throws -> SentenceEmbedder {
        let threads = configuration.integer("GEPETO_THREADS")
        return try SentenceEmbedder(
            modelFolder: configuration.text("GEPETO_MODEL_DIR") ?? "", threads: threads == 0 ? nil : threads,
            level: try kernels(configuration.text("GEPETO_KERNELS") ?? "auto"))
    }

    /// How evidence is weighed with the model that `embedder` computes.
    static func calibration(_ configuration: Configuration, _ embedder: any Embedder) throws -> EvidenceCalibration {
        try EvidenceCalibration.find(
            for: embedder.space, modelFolder: configuration.text("GEPETO_MODEL_DIR") ?? "")
    }

    /// Nil for the best.
    private static func kernels(_ name: String) throws -> KernelLevel? {
        guard name != "auto" else { return nil }
        guard let level = KernelLevel.available.first(where: { "\($0)" == name }) else {
            let names = KernelLevel.available.map { "\($0)" }.joined(separator: ", ")
            throw CommandFailure(
                "no_kernels", "this processor cannot do GEPETO_KERNELS=\(name); set it to auto, or one of: \(names).")
        }
        return level
    }

    /// The models in the configured order, the next one standing in where one fails; each that needs the network behind its
    /// own breaker and bulkhead.
    static func model(
        _ configuration: Configuration, embedder: any Embedder, client: HTTPClient, metrics: ModelMetrics? = nil,
        log: Log
    ) throws -> ModelChain {
        let timeouts = ProviderTimeouts(
            connect: configuration.duration("GEPETO_LLM_CONNECT_TIMEOUT"),
            firstByte: configuration.duration("GEPETO_LLM_FIRST_BYTE_TIMEOUT"),
            silence: configuration.duration("GEPETO_LLM_SILENCE_TIMEOUT"),
            total: configuration.duration("GEPETO_LLM_TIMEOUT"))
        let models: [any LanguageModel] = try configuration.providers().map { name in
            if name == "extractive" {
                let model = ExtractiveModel(
                    embed: { try await embedder.embed($0) }, dimension: embedder.space.dimension)
                return metrics?.measuring(model) ?? model
            }
            let model = try ModelProvider(named: name).languageModel(
                apiKey: configuration.apiKey(of: name), model: configuration.provider(name, "MODEL"),
                baseURL: configuration.provider(name, "BASE_URL"), client: client, timeouts: timeouts)
            // Counted within: what a breaker keeps back never reached the provider.
            return ResilientModel(metrics?.measuring(model) ?? model, policy: configuration.resilience, log: log)
        }
        return ModelChain(
            models, policy: .init(firstTextBudget: configuration.duration("GEPETO_LLM_FIRST_TEXT_BUDGET")))
    }

    /// Rewrites follow-ups with the model that is asked first; behind a breaker of its own, so that what goes wrong
    /// with short calls does not keep answers back. nil where it is off, and where answers are quoted.
    static func rewriter(
        _ configuration: Configuration, client: HTTPClient, cache: (any ContextCache)? = nil,
        metrics: ModelMetrics? = nil, log: Log
    ) throws -> QueryRewriter? {
        guard configuration.text("GEPETO_REWRITE") != "off",
            let name = try configuration.providers().first, name != "extractive"
        else { return nil }
        var limits = QueryRewriter.Limits()
        limits.time = configuration.duration("GEPETO_REWRITE_TIMEOUT")
        let timeouts = ProviderTimeouts(
            connect: limits.time, firstByte: limits.time, silence: limits.time, total: limits.time)
        let model = try ModelProvider(named: name).languageModel(
            apiKey: configuration.apiKey(of: name), model: configuration.provider(name, "MODEL"),
            baseURL: configuration.provider(name, "BASE_URL"), client: client, timeouts: timeouts)
        var policy = configuration.resilience
        policy.attempts = 1
        policy.breaker.slowCall = limits.time
        policy.breaker.probeTime = limits.time + .seconds(5)
        policy.fairTime = limits.time / 2
        return QueryRewriter(
            model: ResilientModel(metrics?.measuring(model) ?? model, policy: policy, log: log), cache: cache,
            limits: limits, log: log)
    }

    static func answerer(
        _ configuration: Configuration, library: any CourseLibrary, model: any LanguageModel, rewriter: QueryRewriter?,
        embedder: any Embedder, linksOriginals: Bool = false, log: Log
    ) throws -> Answerer {
        var settings = Answerer.Settings()
        settings.grounding = configuration.grounding
        settings.unsupported = configuration.text("GEPETO_UNSUPPORTED").flatMap(UnsupportedSentences.init) ?? .mark
        settings.quotesInstead = try configuration.providers().contains(ExtractiveModel.providerName)
        // Not measured: it stands in for a model that must not be paid for, and is in no chain.
        let quoting = ExtractiveModel(embed: { try await embedder.embed($0) }, dimension: embedder.space.dimension)
        // Citations are checked when the answer is on the screen: the next student's question comes first.
        let sentences = RecentVectors()
        return Answerer(
            library: library, model: model, quoting: quoting,
            embed: { texts in
                try await sentences.vectors(of: texts) { try await embedder.embed($0, priority: .patient) }
            },
            rewriter: rewriter, settings: settings, linksOriginals: linksOriginals, log: log)
    }

    /// What groups the questions that went badly; students who wait for an answer come first.
    static func topics(insights: any Insights, library: any CourseLibrary, embedder: any Embedder) -> TopicBoard {
        TopicBoard(
            insights: insights, library: library, embed: { try await embedder.embed($0, priority: .background) })
    }
}

extension Configuration {
    /// The environment with the options every verb shares laid over it.
    init(_ arguments: Arguments, _ context: Context, secrets: Secrets? = nil) throws {
        try self.init(
            environment: context.environment,
            overrides: [
                "GEPETO_DATA": arguments["--data"], "GEPETO_PORT": arguments["--port"],
                "GEPETO_ROLE": arguments["--role"], "GEPETO_LLM": arguments["--provider"],
            ], secrets: secrets)
    }
}
