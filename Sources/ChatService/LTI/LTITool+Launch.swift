import Support
import WebServer

extension LTITool {
    /// `POST /api/lti/launch`: the platform's answer (Security Framework, section 5.1.1.3).
    ///
    /// The order: our own state, then the token, then whether this is the browser that began; only then the nonce is spent,
    /// so that nobody can use up a launch that is not theirs.
    /// - Throws: `LaunchRefusal`.
    func launch(_ fields: FormFields, cookies: Cookies, _ language: PageLanguage) async throws -> HTTPResponse {
        guard fields.one("error") == nil else { throw LaunchRefusal(.platform) }
        guard let token = fields.one("id_token"), let sealed = fields.one("state") else {
            throw LaunchRefusal(.malformed)
        }
        guard let state = seal.open(sealed, as: LaunchState.self, for: .state) else { throw LaunchRefusal(.state) }
        let deployment = try LaunchCheck.deployment(in: token)
        guard state.deploymentID == nil || state.deploymentID == deployment,
            let platform = try await registrations.registrations(issuer: state.issuer, clientID: state.clientID)
                .first(where: { $0.deploymentID == deployment })
        else { throw LaunchRefusal(.deployment) }
        let claims = try await check.claims(in: token, of: platform, nonce: state.nonce)
        let language = PageLanguage(locale: claims.locale ?? language.rawValue, accepted: nil)

        if let ask = try requestOfBinding(state, platform, fields, cookies) {
            return LaunchPage.fetch(ask, token: token, state: sealed, frames: platform.frames, language)
        }
        guard let target = claims.targetLink ?? claims.deepLinking.map({ _ in launchAddress }), isOurs(target) else {
            throw LaunchRefusal(.target)
        }
        guard let visitor = visitor(claims, platform) else { throw LaunchRefusal(.role) }
        let until = time.now + LaunchState.lasting + .seconds(120)
        guard try await registrations.spend(nonce: state.nonce, until: until) else { throw LaunchRefusal(.nonce) }
        var response = try await welcome(visitor, platform, language)
        response.headers["set-cookie"] = Self.cookie(state.cookie, "", age: 0)
        return response
    }

    /// Whether this is the browser that began.
    /// - Returns: nil when it is; what to ask the platform's storage when that may know.
    /// - Throws: `LaunchRefusal` when it is not.
    private func requestOfBinding(
        _ state: LaunchState, _ platform: PlatformRegistration, _ fields: FormFields, _ cookies: Cookies
    ) throws -> PlatformStorage? {
        func isBinding(_ value: String) -> Bool {
            HMAC.equal(Array(SHA256.hex(value.utf8).utf8), Array(state.binding.utf8))
        }
        if let value = cookies[state.cookie] {
            guard isBinding(value) else { throw LaunchRefusal(.browser) }
            return nil
        }
        guard let frame = state.storage else { throw LaunchRefusal(.browser) }
        if let value = fields.one("binding") {
            guard isBinding(value) else { throw LaunchRefusal(.storage) }
            return nil
        }
        return PlatformStorage(frame: frame, of: platform, key: state.cookie)
    }

    /// Who launched; nil for somebody who is neither staff nor student.
    private func visitor(_ claims: LaunchClaims, _ platform: PlatformRegistration) -> Visitor? {
        guard let role = LaunchRole.of(claims.roles), let subject = claims.subject, let context = claims.context else {
            return nil
        }
        return Visitor(
            registration: platform.id, user: Self.user(subject, of: platform),
            name: claims.name.map { String($0.trimmed.prefix(120)) }.flatMap { $0.isLegible ? $0 : nil },
            role: role, context: context.id, contextTitle: context.title.map { String($0.trimmed.prefix(120)) },
            document: claims.document,
            deepLinking: claims.messageType == "LtiDeepLinkingRequest" ? claims.deepLinking : nil)
    }

    /// A platform's user here. Subjects are unique within a platform only, and no platform may speak for another's users:
    /// so issuer and client are part of the name.
    static func user(_ subject: String, of platform: PlatformRegistration) -> UserID {
        let whole = JSONText.encode([platform.issuer, platform.clientID, subject])
        return UserID("lti:" + SHA256.hex(whole.utf8).prefix(32))
    }

    /// Shows what the visitor came for, or asks which course it is about.
    private func welcome(_ visitor: Visitor, _ platform: PlatformRegistration, _ language: PageLanguage) async throws
        -> HTTPResponse
    {
        guard visitor.deepLinking == nil || visitor.role == .staff else { throw LaunchRefusal(.notStaff) }
        if let course = try await registrations.course(of: visitor.context, in: platform.id),
            try await library.exists(course)
        {
            return try await enter(visitor, course, platform, language)
        }
        guard visitor.role == .staff else { throw LaunchRefusal(.unconnected) }
        return try await offerCourses(visitor, platform, language)
    }

    /// The visitor is in the course: as the platform says, whatever they were there before.
    func enter(
        _ visitor: Visitor, _ course: CourseID, _ platform: PlatformRegistration, _ language: PageLanguage
    ) async throws -> HTTPResponse {
        _ = try await memberships.enrol(
            [Enrolment(user: visitor.user, name: visitor.name, role: visitor.role, isFinal: true)], in: course)
        if visitor.deepLinking != nil { return try await offerItems(visitor, course, platform, language) }
        log.info("launched", ["registration": platform.id, "course": course.name, "role": visitor.role.rawValue])
        // Good in this course only; what its bearer is there, the directory says at every request.
        let expires = time.now + Self.tokenLife
        let principal = Principal(user: visitor.user, name: visitor.name, expires: expires, limitedTo: [course])
        let launched = Launched(
            accessToken: settings.tokens.access(for: principal, lasting: Self.tokenLife),
            expiresIn: Self.tokenLife.milliseconds / 1_000,
            user: Launched.User(id: visitor.user.name, name: visitor.name), course: course,
            document: try await known(visitor.document, in: course))
        return LaunchPage.app(launched, in: await settings.page(), frames: platform.frames, language)
    }

    private func known(_ document: String?, in course: CourseID) async throws -> String? {
        guard let document, document.utf8.count <= 128 else { return nil }
        return try await documents.document(document, of: course)?.id
    }
}
