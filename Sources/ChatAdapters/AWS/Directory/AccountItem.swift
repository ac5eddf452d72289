import AWS
import ChatService
import Support

/// An account as it stands with its user, and its number in the list of all.
struct AccountItem {
    let account: Account
    let number: Int64

    init(_ account: Account, number: Int64) { (self.account, self.number) = (account, number) }

    /// - Throws: also for one whose password no version of this program wrote: nobody could sign in by it.
    init(_ item: Item) throws {
        guard let password = PasswordHash(text: try item.needed("password")) else { throw UnreadableAccount() }
        account = Account(
            user: UserID(try item.needed("user")), name: item.text("name") ?? "",
            standing: item.text("standing").flatMap(Standing.init(rawValue:)) ?? .student, password: password,
            mustChange: item.flag("mustChange"), createdAt: try item.neededMoment("createdAt"))
        number = item.int64("number") ?? 0
    }

    /// With its place in the list.
    func put(_ transaction: CloudTransaction) {
        var item: Item = [
            "user": .s(account.user.name), "name": .s(account.name), "standing": .s(account.standing.rawValue),
            "password": .s(account.password.text), "createdAt": .n(String(account.createdAt.milliseconds)),
            "number": .n(String(number)),
        ]
        item[flag: "mustChange"] = account.mustChange
        transaction.put(item, at: DirectoryKey.account(account.user))
        transaction.put(["user": .s(account.user.name)], at: DirectoryKey.listed(number))
    }
}

/// How many accounts there are, and the number of the last: one item, written by whatever adds or removes one.
struct AccountHead {
    var count = 0
    var last: Int64 = 0

    init(_ item: Item?) { (count, last) = (item?.int("count") ?? 0, item?.int64("last") ?? 0) }

    mutating func enter() -> Int64 {
        (count, last) = (count + 1, last + 1)
        return last
    }

    func put(_ transaction: CloudTransaction) {
        transaction.put(["count": .n(String(count)), "last": .n(String(last))], at: DirectoryKey.accountHead)
    }
}
