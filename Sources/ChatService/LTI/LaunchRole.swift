/// What a platform's roles make of somebody here (LTI 1.3 core, appendix A: role vocabularies).
enum LaunchRole {
    private static let membership = "http://purl.imsglobal.org/vocab/lis/v2/membership"

    /// Staff: who teaches, assists, makes content or administers the course, or administers the platform and is not there
    /// as a learner. Somebody who teaches elsewhere (`institution/person#Instructor`) is nobody special in this course.
    /// - Returns: nil for who is neither staff nor student: mentors, guests.
    static func of(_ roles: [String]) -> CourseRole? {
        let isStaff = roles.contains { role in
            let name = courseRole(role)
            return ["Instructor", "TeachingAssistant", "Administrator", "ContentDeveloper"].contains(name)
        }
        if isStaff { return .staff }
        if roles.contains(where: { courseRole($0) == "Learner" }) { return .student }
        let administers = roles.contains {
            $0 == "http://purl.imsglobal.org/vocab/lis/v2/institution/person#Administrator"
                || $0 == "http://purl.imsglobal.org/vocab/lis/v2/system/person#Administrator"
        }
        return administers ? .staff : nil
    }

    /// The principal role within the course: of `membership#Instructor`, of a sub-role
    /// (`membership/Instructor#TeachingAssistant`), and of the short form that the specification still allows.
    private static func courseRole(_ role: String) -> String {
        if role.hasPrefix(membership + "#") { return String(role.dropFirst(membership.count + 1)) }
        if role.hasPrefix(membership + "/") {
            return String(role.dropFirst(membership.count + 1).prefix { $0 != "#" })
        }
        return role.contains("/") || role.contains(":") ? "" : role
    }
}
