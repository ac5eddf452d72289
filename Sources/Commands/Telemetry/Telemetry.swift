import AWS
import ChatService
import Exporters
import HTTPClient
import Support

/// What the process tells of itself to others, as the environment has it: by default nothing, and then nothing of it costs
/// anything.
struct Telemetry: Sendable {
    /// nil where no trace is exported.
    let tracer: Tracer?
    private let settings: OTLPSettings?
    private let service: String
    private let writesEMF: Bool

    /// - Throws: `CommandFailure` naming an `OTEL_*` variable with a bad value.
    init(_ configuration: Configuration) throws {
        service = configuration.serviceName
        writesEMF = configuration.text("GEPETO_METRICS_EMF") == "on"
        do {
            settings = try OTLPSettings(configuration.environment, service: service, version: Gepeto.version)
        } catch {
            throw CommandFailure(error.label, error.description)
        }
        tracer = settings.flatMap { $0.tracesURL == nil ? nil : Tracer(sampling: $0.sampling) }
    }

    /// What is to be started first, and so ended last: it tells of all that others still do.
    func services(_ metrics: ServiceMetrics, client: HTTPClient, log: Log) -> [any Service] {
        var services: [any Service] = []
        if let settings {
            services.append(
                OTLPExporter(
                    settings, tracer: tracer ?? Tracer(), metrics: metrics.registry, http: client, log: log))
        }
        if writesEMF { services.append(EMFWriter(metrics.registry, service: service)) }
        return services
    }
}

extension Configuration {
    /// How this process is called where many tell of themselves.
    var serviceName: String {
        if let name = OTLPSettings.serviceName(environment) { return name }
        return role == .all ? "gepeto" : "gepeto-\(role.rawValue)"
    }
}

extension TaskProtection {
    /// Of a process that is one of several workers; nil outside ECS. One that does all alone is never scaled in, and
    /// protection would only hold up its deployments.
    static func service(
        _ configuration: Configuration, _ running: RunningJobs, client: HTTPClient, log: Log
    ) -> (any Service)? {
        guard configuration.role == .worker else { return nil }
        return TaskProtection(configuration.environment, business: { running.business }, http: client, log: log)
    }
}
