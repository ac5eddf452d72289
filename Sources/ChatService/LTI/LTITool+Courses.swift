import Support
import WebServer

extension LTITool {
    /// At most so many courses and documents stand on a page to choose from.
    static let mostChoices = 500

    /// Staff came from a course of the platform that nobody has connected yet.
    func offerCourses(_ visitor: Visitor, _ platform: PlatformRegistration, _ language: PageLanguage) async throws
        -> HTTPResponse
    {
        let titles = try await directory.titles()
        let choices = try await connectable(visitor, platform).map { LaunchPage.Choice($0.name, titles[$0] ?? $0.name) }
        return LaunchPage.courses(
            choices, suggestion: visitor.contextTitle ?? "",
            ticket: seal.seal(visitor, for: .course, lasting: Visitor.patience), frames: platform.frames, language)
    }

    /// The courses that a visitor may connect theirs to: whose staff they are already, and those that the administrator
    /// has opened to the platform's staff.
    private func connectable(_ visitor: Visitor, _ platform: PlatformRegistration) async throws -> [CourseID] {
        let own = try await memberships.courses(of: visitor.user).filter { $0.value == .staff }.keys
        var choices: [CourseID] = []
        for course in Set(own).union(platform.courses).sorted().prefix(Self.mostChoices)
        where try await library.exists(course) { choices.append(course) }
        return choices
    }

    /// `POST /api/lti/course`: what staff chose on that page.
    /// - Throws: `LaunchRefusal`.
    func choose(_ fields: FormFields, _ language: PageLanguage) async throws -> HTTPResponse {
        guard let ticket = fields.one("ticket"),
            let visitor = seal.open(ticket, as: Visitor.self, for: .course), visitor.role == .staff
        else { throw LaunchRefusal(.state) }
        guard let platform = try await registrations.registration(visitor.registration) else {
            throw LaunchRefusal(.registration)
        }
        let known = try await registrations.course(of: visitor.context, in: platform.id)
        if let known {
            // Somebody was faster, or this page is shown for the second time.
            if try await library.exists(known) { return try await enter(visitor, known, platform, language) }
            try await registrations.disconnect(visitor.context, of: platform.id)
        }
        let course: CourseID
        if let name = fields.one("course"), !name.isEmpty {
            guard let chosen = try await connectable(visitor, platform).first(where: { $0.name == name }) else {
                throw LaunchRefusal(.course)
            }
            course = try await registrations.connect(visitor.context, of: platform.id, to: chosen, by: visitor.user)
        } else {
            course = try await makeCourse(titled: fields.one("title") ?? "", visitor, platform)
        }
        try await audit.record(
            AuditEntry(
                at: time.now, actor: visitor.user, action: "lti.course_connected", course: course,
                subject: course.name, details: ["registration": platform.id]))
        return try await enter(visitor, course, platform, language)
    }

    /// The link first, then the course: a link without its course is none, and the next launch asks again.
    private func makeCourse(titled text: String, _ visitor: Visitor, _ platform: PlatformRegistration) async throws
        -> CourseID
    {
        let title = String(text.trimmed.prefix(120))
        guard title.isLegible else { throw LaunchRefusal(.course) }
        let wanted = try await freeName(for: title)
        let course = try await registrations.connect(visitor.context, of: platform.id, to: wanted, by: visitor.user)
        guard course == wanted, try await documents.makeCourse(course) else { return course }
        try await directory.setTitle(title, of: course)
        try await memberships.enrol(
            maker: Enrolment(user: visitor.user, name: visitor.name, role: .staff), of: course)
        return course
    }

    /// A course's name made of its title: unaccented letters and digits, with something behind it where that is taken.
    private func freeName(for title: String) async throws -> CourseID {
        let plain = CourseName.make(of: title)
        let first = try CourseID(plain)
        if try await !library.exists(first) { return first }
        return try CourseID("\(plain.prefix(50))-\(RandomIdentifier.make().prefix(8))")
    }
}

/// What a course may be called, made of what people call it.
enum CourseName {
    /// 1 to 50 characters of a-z, 0-9 and `-`; `course` where nothing is left.
    static func make(of title: String) -> String {
        let words = Words.folded(title).filter { word in
            word.utf8.allSatisfy { (0x30...0x39).contains($0) || (0x61...0x7a).contains($0) }
        }
        var name = String(words.joined(separator: "-").prefix(50))
        while name.hasSuffix("-") { name.removeLast() }
        return name.isEmpty ? "course" : name
    }
}
