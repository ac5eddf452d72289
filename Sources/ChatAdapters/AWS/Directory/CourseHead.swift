import AWS
import ChatService
import Support

/// What a course is to its members: one item, written by whatever makes them more or fewer, or staff of students, so that
/// all of that comes one after another.
struct CourseHead {
    let course: CourseID
    var members = 0
    var staff = 0
    /// The number of the last one who came.
    var last: Int64 = 0
    var maker: UserID?

    /// As the transaction sees it; empty where there is none.
    init(of course: CourseID, _ transaction: CloudTransaction) async throws {
        self.init(of: course, try await transaction.item(DirectoryKey.head(course)))
    }

    init(of course: CourseID, _ item: Item?) {
        self.course = course
        guard let item else { return }
        (members, staff, last) = (item.int("members") ?? 0, item.int("staff") ?? 0, item.int64("last") ?? 0)
        maker = item.text("maker").map { UserID($0) }
    }

    mutating func enter(_ role: CourseRole) -> Int64 {
        members += 1
        staff += role == .staff ? 1 : 0
        last += 1
        return last
    }

    mutating func leave(_ role: CourseRole) {
        members -= 1
        staff -= role == .staff ? 1 : 0
    }

    mutating func change(_ former: CourseRole, to role: CourseRole) {
        staff += (role == .staff ? 1 : 0) - (former == .staff ? 1 : 0)
    }

    func put(_ transaction: CloudTransaction) {
        var item: Item = [
            "members": .n(String(members)), "staff": .n(String(staff)), "last": .n(String(last)),
        ]
        item[text: "maker"] = maker?.name
        transaction.put(item, at: DirectoryKey.head(course))
    }
}
