/// Where a service is reached and for which region calls to it are signed.
package struct AWSEndpoint: Sendable, Equatable {
    package let service: AWSService
    package let region: String
    /// Scheme, host and port, and a path before every request's own (a stage of API Gateway), without a slash at its end.
    package let url: String

    /// - Parameter url: absolute, `http` or `https`; the service's own address in that region when nil.
    /// - Throws: `AWSError` (`configuration`).
    package init(_ service: AWSService, region: String, url: String? = nil) throws(AWSError) {
        guard Self.isRegion(region) else {
            throw AWSError(
                .configuration, code: "InvalidRegion", service: service, operation: "configure", region: region)
        }
        let suffix = region.hasPrefix("cn-") ? "amazonaws.com.cn" : "amazonaws.com"
        var url = url ?? "https://\(service.name).\(region).\(suffix)"
        while url.hasSuffix("/") { url.removeLast() }
        let lower = url.lowercased()
        let authority = url.firstRange(of: "://").map { url[$0.upperBound...].prefix { $0 != "/" } } ?? ""
        guard lower.hasPrefix("http://") || lower.hasPrefix("https://"), !authority.isEmpty,
            !authority.contains("@"), !url.contains("?"), !url.contains("#"),
            url.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7f })
        else {
            throw AWSError(
                .configuration, code: "InvalidEndpoint", service: service, operation: "configure", region: region)
        }
        self.service = service
        self.region = region
        self.url = url
    }

    /// As the usual variables say: `AWS_REGION` (or `AWS_DEFAULT_REGION`), and `AWS_ENDPOINT_URL_<SERVICE>` or
    /// `AWS_ENDPOINT_URL` for another address than the region's.
    /// - Throws: `AWSError` (`configuration`) that names the variable.
    package init(_ service: AWSService, environment: [String: String]) throws(AWSError) {
        func value(_ name: String) -> String? { environment[name].flatMap { $0.isEmpty ? nil : $0 } }
        guard let region = value("AWS_REGION") ?? value("AWS_DEFAULT_REGION") else {
            throw AWSError(.configuration, code: "MissingRegion", service: service, operation: "configure", region: "")
        }
        let own = "AWS_ENDPOINT_URL_" + service.name.uppercased().replacing("-", with: "_")
        try self.init(service, region: region, url: value(own) ?? value("AWS_ENDPOINT_URL"))
    }

    /// Host and port as in the `Host` field: a scheme's usual port is left out.
    var host: String {
        let isPlain = url.lowercased().hasPrefix("http://")
        let rest = url.dropFirst(isPlain ? 7 : 8)
        let authority = rest.prefix { $0 != "/" }
        let usual = isPlain ? ":80" : ":443"
        return String(authority.hasSuffix(usual) ? authority.dropLast(usual.count) : authority)
    }

    /// Scheme and authority.
    var origin: String { String(url.dropLast(basePath.utf8.count)) }

    /// What stands before every request's own path: empty, or from a slash on.
    var basePath: String {
        let rest = url.dropFirst(url.lowercased().hasPrefix("http://") ? 7 : 8)
        return rest.firstIndex(of: "/").map { String(rest[$0...]) } ?? ""
    }

    /// Whether calls go to the service itself rather than to a stand-in.
    package var isRegional: Bool { host.hasSuffix(".amazonaws.com") || host.hasSuffix(".amazonaws.com.cn") }

    private static func isRegion(_ text: String) -> Bool {
        (1...64).contains(text.utf8.count)
            && text.utf8.allSatisfy { (0x61...0x7a).contains($0) || (0x30...0x39).contains($0) || $0 == 0x2d }
    }
}
