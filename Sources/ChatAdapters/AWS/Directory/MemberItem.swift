import AWS
import ChatService
import Support

/// Somebody in a course. It stands with the user, where it decides what they may do; the course keeps who came as which.
struct MemberItem {
    let user: UserID
    let course: CourseID
    let number: Int64
    let addedAt: Timestamp
    var name: String?
    var role: CourseRole

    init(_ person: Enrolment, of course: CourseID, number: Int64, at moment: Timestamp) {
        (user, name, role) = (person.user, person.name, person.role)
        (self.course, self.number, addedAt) = (course, number, moment)
    }

    /// - Throws: for an item that this program did not write.
    init(_ item: Item) throws {
        user = UserID(try item.needed("user"))
        course = try CourseID(try item.needed("course"))
        addedAt = try item.neededMoment("addedAt")
        guard let number = item.int64("number"), let role = item.text("role").flatMap(CourseRole.init(rawValue:)) else {
            throw CloudStoreError.unreadable
        }
        (self.number, self.role) = (number, role)
        name = item.text("name")
    }

    var member: Member { Member(user: user, name: name, role: role, addedAt: addedAt) }
    var key: ItemKey { DirectoryKey.member(user, course) }
    var place: ItemKey { DirectoryKey.place(number, course) }

    func put(_ transaction: CloudTransaction) {
        var item: Item = [
            "user": .s(user.name), "course": .s(course.name), "role": .s(role.rawValue),
            "number": .n(String(number)), "addedAt": .n(String(addedAt.milliseconds)),
        ]
        item[text: "name"] = name
        transaction.put(item, at: key)
    }

    func delete(_ transaction: CloudTransaction) {
        transaction.delete(key)
        transaction.delete(place)
    }
}

extension CloudTransaction {
    func member(_ user: UserID, of course: CourseID) async throws -> MemberItem? {
        try await item(DirectoryKey.member(user, course)).map(MemberItem.init)
    }
}
