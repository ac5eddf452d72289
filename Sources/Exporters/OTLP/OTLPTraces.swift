import Support

/// `ExportTraceServiceRequest` (opentelemetry-proto, `trace_service.proto` and `trace.proto`).
struct OTLPTraces: Encodable {
    struct ResourceSpans: Encodable {
        let resource: OTLP.Resource
        let scopeSpans: [ScopeSpans]
    }

    struct ScopeSpans: Encodable {
        let scope = OTLP.Scope()
        let spans: [Span]

        private enum CodingKeys: String, CodingKey { case scope, spans }
    }

    struct Span: Encodable {
        let traceId, spanId: String
        let parentSpanId: String?
        let name: String
        let kind: Int
        /// Nanoseconds since 1970.
        let startTimeUnixNano, endTimeUnixNano: String
        let attributes: [OTLP.Attribute]
        let status: Status?
        /// The lowest bit: sampled, as all that is exported is.
        let flags = 1

        private enum CodingKeys: String, CodingKey {
            case traceId, spanId, parentSpanId, name, kind, startTimeUnixNano, endTimeUnixNano, attributes, status,
                flags
        }

        init(_ record: SpanRecord) {
            (traceId, spanId, parentSpanId) = (record.traceID, record.id, record.parentID)
            (name, kind) = (record.name, record.kind.rawValue)
            (startTimeUnixNano, endTimeUnixNano) = ("\(record.start)", "\(record.end)")
            attributes = record.attributes.map { OTLP.Attribute($0.name, $0.value) }
            status = record.failure.map { Status(message: $0) }
        }
    }

    struct Status: Encodable {
        /// `STATUS_CODE_ERROR`.
        let code = 2
        let message: String

        private enum CodingKeys: String, CodingKey { case code, message }
    }

    let resourceSpans: [ResourceSpans]

    init(_ spans: [SpanRecord], of resource: [(name: String, value: String)]) {
        resourceSpans = [
            ResourceSpans(
                resource: OTLP.Resource(resource), scopeSpans: [ScopeSpans(spans: spans.map(Span.init))])
        ]
    }
}
