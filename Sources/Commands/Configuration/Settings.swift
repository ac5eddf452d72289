/// All settings, in the order in which the help lists them. Defaults are those of the contract, sections 4 and 5.
enum Settings {
    static let all: [Setting] = [
        .text("GEPETO_DATA", "./data", "the data folder (also --data)"),
        .text("GEPETO_HOST", "127.0.0.1", "the address to listen on"),
        .integer("GEPETO_PORT", 8000, 0...65_535, "the port to listen on, 0 for any (also --port)"),
        .text("GEPETO_MODEL_DIR", "models/all-MiniLM-L6-v2", "the embedding model, a folder in Hugging Face layout"),
        .choice("GEPETO_OCR", ["auto", "off"], "auto: pages without text are recognised where tesseract is installed"),
        .choice(
            "GEPETO_SANDBOX", ["required", "best-effort"],
            "best-effort: documents are read even where the kernel has no seccomp, without that protection"),
        .text("GEPETO_WEB_DIR", "web", "the folder of the page served at /"),
        .origins(
            "GEPETO_EMBED_ORIGINS",
            "sites that may show the widget in a frame, https://moodle.example.org, separated by commas; none by default"
        ),
        .choice(
            "GEPETO_ROLE", ["all", "api", "worker"],
            "what this process does (also --role); api and worker need places that processes share"),
        .choice("GEPETO_LOG_LEVEL", ["info", "debug", "warning", "error", "off"], "the least level that is logged"),
        .choice("GEPETO_AUTH", ["open", "jwt"], "open: one local user, loopback only; jwt: bearer tokens"),
        .text("GEPETO_JWT_SECRET", "", "jwt: the secret that signs tokens, at least 32 bytes"),
        .text(
            "GEPETO_JWT_OLD_SECRETS", "", "jwt: up to 4 former secrets whose tokens are still good, separated by spaces"
        ),
        .choice(
            "GEPETO_LOCAL_ACCOUNTS", ["on", "off"],
            "jwt: on: this server has accounts of its own; off: whoever comes has a token from elsewhere"),
        .secureURL("GEPETO_JWKS_URL", "jwt: an identity provider's key set, whose RS256 and ES256 tokens are good too"),
        .text("GEPETO_JWT_ISSUER", "", "jwt: the 'iss' a token must carry"),
        .text("GEPETO_JWT_AUDIENCE", "", "jwt: the 'aud' a token must carry"),
        .text("GEPETO_PUBLIC_URL", "", "the origin under which clients reach the server, https://tutor.example.org"),
        .place("GEPETO_QUEUE", "sqlite:", elsewhere: ["sqs:<queue URL>"], "where questions wait"),
        .place("GEPETO_DOCUMENT_QUEUE", "sqlite:", elsewhere: ["sqs:<queue URL>"], "where uploads wait"),
        .place("GEPETO_HISTORY", "sqlite:", elsewhere: ["dynamodb:<table>"], "where conversations and jobs are kept"),
        .place(
            "GEPETO_SESSIONS", "memory:", elsewhere: ["redis://<host>", "rediss://<user:password@host>"],
            "where live events are kept"),
        .text(
            "GEPETO_CONNECTIONS", "",
            "where frames for sockets at API Gateway are posted, https://<api>.execute-api.<region>.amazonaws.com/<stage>"
        ),
        .text("GEPETO_REDIS_CERTIFICATES", "", "rediss: a file of trusted certificates (PEM) instead of the system's"),
        .place(
            "GEPETO_DOCUMENTS", "file:", elsewhere: ["s3://<bucket/prefix>"],
            "where course files and originals are kept"),
        .text(
            "GEPETO_LLM", "",
            "providers in order: groq, openai, anthropic, ollama, extractive; by default each that has a key, then extractive"
        ),
        .choice(
            "GEPETO_UNSUPPORTED", ["mark", "regenerate"],
            "sentences that nothing they cite supports: mark shows them as such; regenerate asks the model once more"),
        .integer("GEPETO_THREADS", 0, 0...256, "threads for embedding; 0 for as many as cores"),
        .choice(
            "GEPETO_KERNELS", ["auto", "portable", "avx2", "avx512", "bf16", "amx"],
            "instructions for embedding; auto: the fastest that this processor has"),
        .share(
            "GEPETO_EVIDENCE_THRESHOLD",
            "questions whose evidence is below are refused, 0 to 1; by default what is measured for the embedding model"
        ),
        .integer("GEPETO_WORKERS", 16, 1...256, "questions answered at once"),
        .integer("GEPETO_INGEST_JOBS", 1, 1...16, "uploaded documents ingested at once"),
        .seconds("GEPETO_LLM_CONNECT_TIMEOUT", 3, 0.05...60, "LLM: to connect"),
        .seconds("GEPETO_LLM_FIRST_BYTE_TIMEOUT", 10, 0.05...300, "LLM: to the first byte"),
        .seconds("GEPETO_LLM_SILENCE_TIMEOUT", 10, 0.05...300, "LLM: between bytes"),
        .seconds("GEPETO_LLM_TIMEOUT", 60, 0.05...600, "LLM: a whole call"),
        .seconds("GEPETO_LLM_FIRST_TEXT_BUDGET", 15, 0.05...300, "LLM: all models together, to the first text"),
        .choice(
            "GEPETO_REWRITE", ["auto", "off"],
            "auto: where there is an LLM, it says follow-ups as queries of their own, in the course's language"),
        .seconds("GEPETO_REWRITE_TIMEOUT", 2, 0.05...30, "LLM: a whole rewriting; then the local rule is used"),
        .integer("GEPETO_LLM_CONCURRENCY", 32, 1...1_000, "LLM: calls at once to one provider; fewer while it refuses"),
        .integer("GEPETO_BREAKER_WINDOW_CALLS", 20, 1...10_000, "breaker: looks at the last calls of a model, so many"),
        .seconds("GEPETO_BREAKER_WINDOW_SECONDS", 60, 0.1...3_600, "breaker: and not older than this"),
        .number(
            "GEPETO_BREAKER_FAILURE_RATE", 0.5, 0.01...1, "breaker: opens when so many of them failed or were slow"),
        .integer("GEPETO_BREAKER_MINIMUM_CALLS", 10, 1...10_000, "breaker: never opens on fewer calls"),
        .seconds("GEPETO_BREAKER_SLOW_CALL", 20, 0.1...600, "breaker: from when on a student feels a call as slow"),
        .seconds("GEPETO_BREAKER_OPEN_TIME", 30, 0.1...3_600, "breaker: how long a model is left alone"),
        .integer("GEPETO_BREAKER_PROBES", 3, 1...100, "breaker: calls that then decide whether it is well again"),
        .integer("GEPETO_JOB_ATTEMPTS", 5, 1...20, "attempts at a question before it is a dead letter"),
        .seconds("GEPETO_JOB_LEASE", 30, 1...900, "how long a worker holds a question unrenewed"),
        .seconds("GEPETO_JOB_DEADLINE", 300, 1...3_600, "the latest end of an accepted question"),
        .integer("GEPETO_BACKLOG_LIMIT", 10_000, 1...10_000_000, "questions waiting before new ones get 503"),
        .integer("GEPETO_JOBS_PER_USER", 2, 1...1_000, "questions of one user answered at once; the next ones wait"),
        .integer("GEPETO_RATE_PER_MINUTE", 20, 1...1_000_000, "questions a minute and user"),
        .integer("GEPETO_RATE_BURST", 5, 1...1_000_000, "questions a user may ask at once"),
        .seconds("GEPETO_REQUEST_DEADLINE", 29, 1...600, "the latest end of a request that does not stream"),
        .integer("GEPETO_MAX_CONNECTIONS", 12_000, 1...1_000_000, "open connections; one more is answered 503"),
        .seconds("GEPETO_HEAD_TIMEOUT", 10, 0.1...600, "how long the head of a request may take to arrive"),
        .seconds("GEPETO_BODY_TIMEOUT", 30, 0.1...600, "a body must bring 256 bytes a second, looked at every"),
        .seconds("GEPETO_IDLE_TIMEOUT", 75, 0.1...3_600, "how long a connection may be silent between two requests"),
        .seconds("GEPETO_SOCKET_PING", 25, 0.1...3_600, "between two pings to a WebSocket"),
        .seconds("GEPETO_SOCKET_SILENCE", 60, 0.1...7_200, "a WebSocket without a sign of life is closed after"),
        .integer("GEPETO_SOCKET_MESSAGE_LIMIT", 65_536, 128...16_777_216, "bytes of a message over a WebSocket"),
        .integer("GEPETO_SOCKET_BACKLOG", 1_048_576, 65_536...67_108_864, "bytes that may wait for a slow WebSocket"),
        .seconds("GEPETO_SHUTDOWN_GRACE", 25, 0...600, "how long a shutdown waits for what is in hand"),
        .port("GEPETO_METRICS_PORT", "the port of /metrics, for operators only; without it there is none"),
        .text("GEPETO_METRICS_HOST", "127.0.0.1", "the address to listen on for /metrics"),
        .choice(
            "GEPETO_METRICS_EMF", ["off", "on"],
            "on: the golden signals go to standard output each minute, as CloudWatch's Embedded Metric Format"),
        .seconds("GEPETO_ANSWER_RATE_WINDOW", 900, 1...86_400, "the answer rate is that of the last"),
        .number("GEPETO_ANSWER_RATE_ALARM", 0.5, 0...1, "an alarm is logged when the share of good answers is below"),
        .place("GEPETO_DIRECTORY", "sqlite:", elsewhere: ["dynamodb:<table>"], "where users and members are kept"),
        .place("GEPETO_SECRETS", "env:", elsewhere: ["ssm:<path>"], "where secrets are read"),
        .text(
            "GEPETO_TRUSTED_PROXIES", "",
            "proxies whose X-Forwarded-For is believed, as 127.0.0.1,10.0.0.0/8; by default none"),
        .integer(
            "GEPETO_RETENTION_DAYS", 0, 0...36_500,
            "days after which a conversation that nobody used is deleted; 0 for never"),
    ]

    static var help: String {
        let width = all.map { $0.name.count + $0.standard.count }.max() ?? 0
        let lines = all.map { setting in
            let head = setting.name + "=" + setting.standard
            return "  " + head + String(repeating: " ", count: width + 1 - head.count) + "  " + setting.help
        }
        return """
            Environment:
            \(lines.joined(separator: "\n"))
              GROQ_API_KEY, OPENAI_API_KEY, ANTHROPIC_API_KEY, and for each provider (also OLLAMA) <NAME>_MODEL and
              <NAME>_BASE_URL
              OTEL_EXPORTER_OTLP_ENDPOINT sends traces and metrics to a collector (OTLP over HTTP, JSON), _HEADERS with its key;
              further OTEL_* variables are in docs/operations.md
            """
    }
}
