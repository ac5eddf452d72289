import ChatService
import Glibc
import LLM
import Support
import WebServer

/// The settings as the rooms' own values.
extension Configuration {
    /// Of each language model that needs the network.
    var resilience: ResilientModel.Policy {
        var policy = ResilientModel.Policy()
        policy.breaker.windowCalls = integer("GEPETO_BREAKER_WINDOW_CALLS")
        policy.breaker.windowTime = duration("GEPETO_BREAKER_WINDOW_SECONDS")
        policy.breaker.failureRate = number("GEPETO_BREAKER_FAILURE_RATE")
        policy.breaker.minimumCalls = integer("GEPETO_BREAKER_MINIMUM_CALLS")
        policy.breaker.slowCall = duration("GEPETO_BREAKER_SLOW_CALL")
        policy.breaker.openTime = duration("GEPETO_BREAKER_OPEN_TIME")
        policy.breaker.probes = integer("GEPETO_BREAKER_PROBES")
        // No call is under way for longer.
        policy.breaker.probeTime = duration("GEPETO_LLM_TIMEOUT") + .seconds(5)
        policy.concurrency = integer("GEPETO_LLM_CONCURRENCY")
        // Half of what a model alone would have had.
        policy.fairTime =
            min(duration("GEPETO_LLM_FIRST_BYTE_TIMEOUT"), duration("GEPETO_LLM_FIRST_TEXT_BUDGET")) / 2
        return policy
    }

    /// The file of the chat store.
    /// - Throws: `CommandFailure` when there is none: opening it would make one.
    func chatStore() throws -> String {
        let path = data + "/gepeto.sqlite"
        guard access(path, F_OK) == 0 else {
            throw CommandFailure(
                "no_store",
                "there is no \(path), so nothing was ever asked there; say which data folder with --data DIR.")
        }
        return path
    }

    var jobLimits: JobLimits {
        var limits = JobLimits()
        limits.tries = integer("GEPETO_JOB_ATTEMPTS")
        limits.backlog = integer("GEPETO_BACKLOG_LIMIT")
        limits.activePerUser = integer("GEPETO_JOBS_PER_USER")
        // Two seconds before the promised end, so that the end is also told in time.
        limits.deadline = JobLimits.deadline(promised: duration("GEPETO_JOB_DEADLINE"))
        return limits
    }

    /// Below which questions are refused; nil for what is measured for the embedding model.
    var grounding: Grounding { Grounding(threshold: text("GEPETO_EVIDENCE_THRESHOLD").flatMap { Double($0) }) }

    var workerParameters: WorkerParameters {
        var parameters = WorkerParameters()
        parameters.concurrency = integer("GEPETO_WORKERS")
        parameters.visibility = duration("GEPETO_JOB_LEASE")
        parameters.tries = integer("GEPETO_JOB_ATTEMPTS")
        return parameters
    }

    var ingestParameters: IngestParameters {
        var parameters = IngestParameters()
        parameters.concurrency = integer("GEPETO_INGEST_JOBS")
        parameters.visibility = duration("GEPETO_JOB_LEASE")
        return parameters
    }

    var answerRateParameters: AnswerRateWatch.Parameters {
        var parameters = AnswerRateWatch.Parameters()
        parameters.window = duration("GEPETO_ANSWER_RATE_WINDOW")
        parameters.threshold = number("GEPETO_ANSWER_RATE_ALARM")
        return parameters
    }

    var server: ServerConfiguration {
        var server = ServerConfiguration(host: host, port: integer("GEPETO_PORT"))
        server.limits.connections = integer("GEPETO_MAX_CONNECTIONS")
        server.limits.webSocketMessage = integer("GEPETO_SOCKET_MESSAGE_LIMIT")
        server.limits.webSocketBacklog = integer("GEPETO_SOCKET_BACKLOG")
        server.timeouts.head = duration("GEPETO_HEAD_TIMEOUT")
        server.timeouts.bodyProgress = duration("GEPETO_BODY_TIMEOUT")
        server.timeouts.idle = duration("GEPETO_IDLE_TIMEOUT")
        server.timeouts.webSocketPing = duration("GEPETO_SOCKET_PING")
        server.timeouts.webSocketSilence = duration("GEPETO_SOCKET_SILENCE")
        return server
    }

    /// How long a shutdown keeps sockets open for answers under way: the grace period, less what it takes to say goodbye.
    var socketGrace: Duration {
        let grace = duration("GEPETO_SHUTDOWN_GRACE")
        return max(grace - .seconds(2), grace / 2)
    }

    func origins() throws -> OriginGuard {
        if let url = text("GEPETO_PUBLIC_URL") { return try OriginGuard(publicURL: url) }
        return .loopback
    }
}
