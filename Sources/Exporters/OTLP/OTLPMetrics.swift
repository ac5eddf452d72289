import Support

/// `ExportMetricsServiceRequest` (opentelemetry-proto, `metrics_service.proto` and `metrics.proto`): the figures of the
/// operator port under the same names, counters and histograms cumulative since the process began.
struct OTLPMetrics: Encodable {
    struct ResourceMetrics: Encodable {
        let resource: OTLP.Resource
        let scopeMetrics: [ScopeMetrics]
    }

    struct ScopeMetrics: Encodable {
        let scope = OTLP.Scope()
        let metrics: [Metric]

        private enum CodingKeys: String, CodingKey { case scope, metrics }
    }

    struct Metric: Encodable {
        let name, description, unit: String
        var gauge: Gauge?
        var sum: Sum?
        var histogram: Buckets?
    }

    struct Gauge: Encodable { let dataPoints: [Point] }

    struct Sum: Encodable {
        let dataPoints: [Point]
        let aggregationTemporality = OTLPMetrics.cumulative
        let isMonotonic = true

        private enum CodingKeys: String, CodingKey { case dataPoints, aggregationTemporality, isMonotonic }
    }

    struct Buckets: Encodable {
        let dataPoints: [BucketPoint]
        let aggregationTemporality = OTLPMetrics.cumulative

        private enum CodingKeys: String, CodingKey { case dataPoints, aggregationTemporality }
    }

    struct Point: Encodable {
        let attributes: [OTLP.Attribute]
        let startTimeUnixNano: String?
        let timeUnixNano: String
        let asDouble: Double
    }

    struct BucketPoint: Encodable {
        let attributes: [OTLP.Attribute]
        let startTimeUnixNano, timeUnixNano: String
        let count: String
        let sum: Double
        /// One more than `explicitBounds`: the last has no bound.
        let bucketCounts: [String]
        let explicitBounds: [Double]
    }

    /// `AGGREGATION_TEMPORALITY_CUMULATIVE`.
    private static let cumulative = 2

    let resourceMetrics: [ResourceMetrics]

    /// - Parameters:
    ///   - start: when the process began to count, and `moment` when the figures were read, nanoseconds since 1970.
    init(
        _ families: [MetricFamily], of resource: [(name: String, value: String)], since start: Int64, at moment: Int64
    ) {
        let metrics = families.compactMap { Self.metric($0, "\(start)", "\(moment)") }
        resourceMetrics = [
            ResourceMetrics(resource: OTLP.Resource(resource), scopeMetrics: [ScopeMetrics(metrics: metrics)])
        ]
    }

    /// nil for one without samples.
    private static func metric(_ family: MetricFamily, _ start: String, _ moment: String) -> Metric? {
        var metric = Metric(name: family.name, description: family.help, unit: unit(of: family.name))
        switch family.kind {
        case .histogram:
            let points = HistogramSnapshot.all(in: family).map { point($0, start, moment) }
            guard !points.isEmpty else { return nil }
            metric.histogram = Buckets(dataPoints: points)
        case .counter, .gauge:
            let isCounter = family.kind == .counter
            // JSON has no infinity; a gauge that is none says nothing.
            let points = family.samples.filter(\.value.isFinite).map { sample in
                Point(
                    attributes: attributes(sample.labels), startTimeUnixNano: isCounter ? start : nil,
                    timeUnixNano: moment, asDouble: sample.value)
            }
            guard !points.isEmpty else { return nil }
            if isCounter { metric.sum = Sum(dataPoints: points) } else { metric.gauge = Gauge(dataPoints: points) }
        }
        return metric
    }

    private static func point(_ histogram: HistogramSnapshot, _ start: String, _ moment: String) -> BucketPoint {
        BucketPoint(
            attributes: attributes(histogram.labels), startTimeUnixNano: start, timeUnixNano: moment,
            count: "\(histogram.count)", sum: histogram.sum, bucketCounts: histogram.counts.map { "\($0)" },
            explicitBounds: histogram.bounds)
    }

    private static func attributes(_ labels: MetricFamily.Labels) -> [OTLP.Attribute] {
        labels.sorted { $0.key < $1.key }.map { OTLP.Attribute($0.key, .text($0.value)) }
    }

    /// UCUM's code, by the name's ending (https://prometheus.io/docs/practices/naming/).
    static func unit(of name: String) -> String {
        let name = name.hasSuffix("_total") ? String(name.dropLast(6)) : name
        if name.hasSuffix("_seconds") { return "s" }
        if name.hasSuffix("_bytes") { return "By" }
        if name.hasSuffix("_usd") { return "USD" }
        return "1"
    }
}
