import Support
import Testing

@testable import ChatService

@Suite struct LaunchRoleTests {
    private static let course = "http://purl.imsglobal.org/vocab/lis/v2/membership"
    private static let school = "http://purl.imsglobal.org/vocab/lis/v2/institution/person"
    private static let system = "http://purl.imsglobal.org/vocab/lis/v2/system/person"

    @Test(arguments: [
        ["\(course)#Instructor"], ["\(course)/Instructor#TeachingAssistant"], ["\(course)#TeachingAssistant"],
        ["\(course)#Administrator"], ["\(course)#ContentDeveloper"], ["Instructor"],
        ["\(course)#Learner", "\(course)#Instructor"], ["\(school)#Administrator"], ["\(system)#Administrator"],
        ["\(school)#Student", "\(course)#Instructor"],
    ])
    func staff(_ roles: [String]) { #expect(LaunchRole.of(roles) == .staff) }

    @Test(arguments: [
        ["\(course)#Learner"], ["\(course)/Learner#GuestLearner"], ["Learner"],
        ["\(school)#Instructor", "\(course)#Learner"],
        // Who administers the school and learns in the course, learns.
        ["\(school)#Administrator", "\(course)#Learner"],
        ["http://purl.imsglobal.org/vocab/lti/system/person#TestUser", "\(course)#Learner"],
    ])
    func students(_ roles: [String]) { #expect(LaunchRole.of(roles) == .student) }

    @Test(arguments: [
        [], ["\(course)#Mentor"], ["\(school)#Instructor"], ["\(school)#Student"], ["\(course)#"], ["instructor"],
        ["https://evil.example/membership#Instructor"], ["\(course)#Instructor#Learner "], ["x/Instructor"],
        ["\(school)/Instructor#Administrator"],
    ])
    func nobody(_ roles: [String]) { #expect(LaunchRole.of(roles) == nil) }

    @Test("A course's name is made of its title")
    func names() {
        for (title, name) in [
            ("Algoritmos e Programação I", "algoritmos-e-programacao-i"), ("  C++ / 2026 ", "c-2026"),
            ("Ελληνικά", "course"),
            ("", "course"), (String(repeating: "a", count: 80), String(repeating: "a", count: 50)),
            (String(repeating: "a", count: 49) + " b", String(repeating: "a", count: 49)),
        ] {
            #expect(CourseName.make(of: title) == name)
            #expect((try? CourseID(CourseName.make(of: title))) != nil)
        }
    }
}
