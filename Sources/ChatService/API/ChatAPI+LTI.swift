import Support
import WebServer

extension ChatAPI {
    /// Bytes of a form: a launch's token with everything a platform puts in, and a page's choices.
    private static let longestForm = 64 << 10
    private static let loginPath = "/api/lti/login"
    private static let launchPath = "/api/lti/launch"

    /// The routes by which learning platforms open this server (LTI 1.3). They are for anyone: whoever comes is checked by
    /// what they bring.
    func installLTI(in router: inout MeasuredRouter) {
        let (form, deadline) = (Self.longestForm, ports.deadline)
        router.open(.get, Self.loginPath, deadline: deadline) { request in
            await page(for: request) { try await $0.login(FormFields(request.query), $1) }
        }
        router.open(.post, Self.loginPath, bodyLimit: form, deadline: deadline) { request in
            await page(for: request) { try await $0.login(try await Self.form(request), $1) }
        }
        router.open(.post, Self.launchPath, bodyLimit: form, deadline: deadline) { request in
            await page(for: request) {
                try await $0.launch(try await Self.form(request), cookies: Cookies(request.headers), $1)
            }
        }
        router.open(.post, "/api/lti/course", bodyLimit: form, deadline: deadline) { request in
            await page(for: request) { try await $0.choose(try await Self.form(request), $1) }
        }
        router.open(.post, "/api/lti/link", bodyLimit: form, deadline: deadline) { request in
            await page(for: request) { try await $0.link(try await Self.form(request), $1) }
        }
        router.open(.get, "/api/lti/jwks", deadline: deadline) { _ in
            guard let tool else { throw Self.noLTI }
            var response = HTTPResponse.json(200, bytes: try await tool.ring.published())
            response.headers["cache-control"] = "public, max-age=600"
            return response
        }
        router.on(.get, "/api/lti/registrations", .admin, timed(registrations))
        router.on(.post, "/api/lti/registrations", .admin, timed(addRegistration))
        router.on(.delete, "/api/lti/registrations/{id}", .admin, timed(removeRegistration))
    }

    /// Whether a request comes from another site's page by its nature: platforms send the browser's forms here. What they
    /// bring is sealed or signed, and no cookie signs anybody in.
    static func isPlatforms(_ request: HTTPRequest) -> Bool {
        request.method == .post && (request.path == loginPath || request.path == launchPath)
    }

    static let noLTI = Problem(
        404, "lti_not_configured", "Not set up for platforms",
        "LTI needs GEPETO_AUTH=jwt with GEPETO_JWT_SECRET, and GEPETO_PUBLIC_URL: ask the operator.")

    private var tool: LTITool? {
        ports.lti.map { settings in
            LTITool(
                settings: settings, memberships: ports.memberships, library: ports.library,
                documents: ports.documents.courses, directory: ports.documents.directory, audit: ports.audit,
                time: ports.time, log: ports.log)
        }
    }

    /// A page in every case: whoever clicked in a platform is no program.
    private func page(
        for request: HTTPRequest, _ make: (LTITool, PageLanguage) async throws -> HTTPResponse
    ) async -> HTTPResponse {
        let language = PageLanguage(locale: nil, accepted: request.headers["accept-language"])
        do {
            guard let tool else { throw LaunchRefusal(.notConfigured) }
            return try await make(tool, language)
        } catch let refusal as LaunchRefusal {
            ports.log.info("a launch was refused", ["cause": refusal.label])
            return LaunchPage.refusal(refusal, language)
        } catch let error as HTTPError where error.status < 500 {
            return LaunchPage.refusal(LaunchRefusal(.malformed), language)
        } catch {
            ports.log.error("a launch failed", ["error": error.label, "trace": TraceContext.traceID(request)])
            return LaunchPage.refusal(LaunchRefusal(.unavailable), language)
        }
    }

    private static func form(_ request: HTTPRequest) async throws -> FormFields {
        let type = (request.headers["content-type"] ?? "").prefix { $0 != ";" }
        guard String(type).trimmed.lowercased() == "application/x-www-form-urlencoded" else {
            throw LaunchRefusal(.malformed)
        }
        return try FormFields(try await request.body.collect(upTo: longestForm))
    }
}
