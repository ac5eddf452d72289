import ChatService
import Glibc
import LLM
import Support

/// All that `serve` tells on its operator port; `docs/operations.md` says what each series means.
struct ServiceMetrics: Sendable {
    /// The longest that the store may take to tell how it stands.
    private static let patience = Duration.seconds(2)

    let registry: Metrics
    let chat: ChatMetrics
    let models: ModelMetrics

    /// - Parameter tracer: nil where tracing is off.
    init(limits: JobLimits = JobLimits(), tracer: Tracer? = nil) {
        registry = Metrics()
        let process = ProcessFigures()
        registry.collect {
            [
                MetricFamily(
                    .gauge, "gepeto_build_info", "1; the version is in the label.",
                    [MetricFamily.Sample(1, ["version": Gepeto.version])])
            ] + process.families
        }
        chat = ChatMetrics(registry, limits: limits, tracer: tracer)
        models = ModelMetrics(registry)
    }

    func watch(_ store: any StoreHealth, limits: JobLimits, data: String) {
        registry.collect {
            // A store that cannot be asked is a figure too.
            let figures = try? await withDeadline(Self.patience, SystemTime()) { try await store.figures() }
            return Self.families(figures ?? nil) + [Self.limits(limits)] + Self.disk(data)
        }
    }

    func watch(_ watch: AnswerRateWatch) { registry.collect { watch.families } }

    func watch(_ models: any HealthReporting) { registry.collect { Self.families(models.health) } }

    // MARK: - What stands

    private static func families(_ health: [ModelHealth]) -> [MetricFamily] {
        func family(_ name: String, _ help: String, _ value: (ModelHealth) -> Int) -> MetricFamily {
            MetricFamily(
                .gauge, name, help,
                health.map { MetricFamily.Sample(Double(value($0)), ["provider": $0.provider, "model": $0.model]) })
        }
        return [
            family("gepeto_llm_breaker_state", "0 closed, 1 half-open, 2 open.") { model in
                switch model.breaker {
                case .closed: 0
                case .halfOpen: 1
                case .open: 2
                }
            },
            family("gepeto_llm_in_flight", "Calls under way.") { $0.inFlight },
            family("gepeto_llm_limit", "Calls that may be under way at once, as learnt so far.") { $0.limit },
            family("gepeto_llm_window_calls", "Calls in the breaker's window.") { $0.calls },
            family("gepeto_llm_window_failures", "Those of them that failed.") { $0.failures },
            family("gepeto_llm_window_slow", "Those of them that were slow.") { $0.slow },
        ]
    }

    private static func families(_ figures: StoreFigures?) -> [MetricFamily] {
        let isUp = MetricFamily.gauge(
            "gepeto_store_up", "1 while the store tells how it stands, else 0.", figures == nil ? 0 : 1)
        guard let figures else { return [isUp] }
        let lines = figures.lines.sorted { $0.key.rawValue < $1.key.rawValue }
        let jobs = lines.flatMap { kind, line in
            [("waiting", line.waiting), ("parked", line.parked), ("leased", line.leased)].map { state, count in
                MetricFamily.Sample(Double(count), ["kind": kind.rawValue, "state": state])
            }
        }
        let oldest = lines.map { kind, line in
            MetricFamily.Sample((line.oldestWaiting ?? .zero).inSeconds, ["kind": kind.rawValue])
        }
        return [
            isUp,
            MetricFamily(
                .gauge, "gepeto_jobs",
                "Open jobs: waiting to be taken, parked behind others of their owner, or in a worker's hands.", jobs),
            MetricFamily(
                .gauge, "gepeto_jobs_oldest_waiting_seconds",
                "Age of the oldest job that waits or is parked; 0 for none.",
                oldest),
            .gauge("gepeto_dead_letters", "Questions that failed for good and are kept.", Double(figures.deadLetters)),
            .gauge(
                "gepeto_events_unpublished", "Ends that are committed but not yet told to their sessions.",
                Double(figures.unpublished)),
            .gauge(
                "gepeto_sessions_in_memory", "Sessions whose events are in memory.", Double(figures.sessionsInMemory)),
        ]
    }

    private static func limits(_ limits: JobLimits) -> MetricFamily {
        MetricFamily(
            .gauge, "gepeto_jobs_limit", "Open jobs that are accepted at most.",
            JobKind.allCases.map { MetricFamily.Sample(Double(limits.backlog($0)), ["kind": $0.rawValue]) })
    }

    /// Of the file system with the data folder.
    private static func disk(_ folder: String) -> [MetricFamily] {
        var volume = statvfs()
        guard statvfs(folder, &volume) == 0 else { return [] }
        let block = Double(volume.f_frsize)
        return [
            .gauge(
                "gepeto_data_disk_free_bytes", "Room for this user on the data folder's file system.",
                Double(volume.f_bavail) * block),
            .gauge(
                "gepeto_data_disk_size_bytes", "Size of the data folder's file system.",
                Double(volume.f_blocks) * block),
        ]
    }
}
