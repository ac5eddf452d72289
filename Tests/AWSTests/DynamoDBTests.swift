import TestSupport
import Testing

@testable import AWS

@Suite(.enabled(if: MotoServer.isInstalled, "\(MotoServer.missing)"))
struct DynamoDBTests {
    static func key(_ pk: String, _ sk: String) -> Item { ["pk": .s(pk), "sk": .s(sk)] }

    @Test func itemsComeBackAsTheyWere() async throws {
        let table = try await MotoHouse().table("items")
        let item: Item = [
            "pk": "USER#olá", "sk": "é\u{0}\n\"", "n": .n("-12345678901234567890.5"), "b": .b([0, 255, 1]),
            "yes": .bool(true), "nothing": .null, "set": .ss(["a", "b"]),
            "list": .l([.n(1), .m(["deep": .l([])])]),
        ]
        try await table.putItem(item, deadline: MotoHouse.patience)
        var found = try #require(
            await table.getItem(["pk": "USER#olá", "sk": "é\u{0}\n\""], deadline: MotoHouse.patience))
        #expect(found["set"]?.strings.map(Set.init) == ["a", "b"])
        found["set"] = item["set"]
        #expect(found == item)
        #expect(try await table.getItem(Self.key("nobody", "x"), deadline: MotoHouse.patience) == nil)
        #expect(try await table.describe(deadline: MotoHouse.patience))
    }

    @Test func conditionsAreHeldAndShowWhatStandsThere() async throws {
        let table = try await MotoHouse().table("conditions")
        let first: Item = Self.key("a", "1").merging(["v": .n(1)]) { $1 }
        try await table.putItem(first, if: "attribute_not_exists(pk)", deadline: MotoHouse.patience)
        do {
            try await table.putItem(
                Self.key("a", "1"), if: "attribute_not_exists(pk)", deadline: MotoHouse.patience)
            Issue.record("a second first")
        } catch let error as AWSError {
            #expect(error.code == "ConditionalCheckFailedException")
            #expect(error.isConditionFailure)
            #expect(!error.mayHaveHappened)
            #expect(error.item == first)
        }
        let updated = try await table.updateItem(
            Self.key("a", "1"), Expression("SET v = v + :one", values: [":one": .n(1)]),
            if: Expression("#v = :old", names: ["#v": "v"], values: [":old": .n(1)]), returnsNew: true,
            deadline: MotoHouse.patience)
        #expect(updated?["v"]?.integer == 2)
        let old = try await table.deleteItem(
            Self.key("a", "1"), if: "attribute_exists(pk)", returnsOld: true, deadline: MotoHouse.patience)
        #expect(old?["v"]?.integer == 2)
    }

    @Test func queriesGoPageByPage() async throws {
        let table = try await MotoHouse().table("pages")
        for number in 0..<7 {
            let item = Self.key("p", "m#\(number)").merging(["owner": .s(number % 2 == 0 ? "even" : "odd")]) { $1 }
            try await table.putItem(item, deadline: MotoHouse.patience)
        }
        let condition = Expression(
            "pk = :pk AND begins_with(sk, :m)", values: [":pk": "p", ":m": "m#"])
        let page = try await table.query(
            .init(condition, ascending: false, limit: 3), deadline: MotoHouse.patience)
        #expect(page.items.compactMap { $0["sk"]?.string } == ["m#6", "m#5", "m#4"])
        let next = try await table.query(
            .init(condition, ascending: false, limit: 3, after: page.end), deadline: MotoHouse.patience)
        #expect(next.items.compactMap { $0["sk"]?.string } == ["m#3", "m#2", "m#1"])
        let all = try await table.queryAll(.init(condition, limit: 2), most: 100, deadline: MotoHouse.patience)
        #expect(all.count == 7)
        let some = try await table.queryAll(.init(condition, limit: 2), most: 3, deadline: MotoHouse.patience)
        #expect(some.count == 4)
        let even = try await table.query(
            .init(Expression("#o = :o", names: ["#o": "owner"], values: [":o": "even"]), index: "by_owner"),
            deadline: MotoHouse.patience)
        #expect(even.items.count == 4)
        let filtered = try await table.query(
            .init(condition, filter: Expression("#o = :o", names: ["#o": "owner"], values: [":o": "odd"])),
            deadline: MotoHouse.patience)
        #expect(filtered.items.count == 3)
        let scanned = try await table.scan(limit: 4, deadline: MotoHouse.patience)
        #expect(scanned.items.count == 4 && scanned.end != nil)
        let some120 = (0..<120).map { Self.key("p", "m#\($0)") }
        #expect(try await table.batchGetItem(some120, deadline: MotoHouse.patience).count == 7)
    }

    @Test func aTransactionIsMadeWholeOrNotAtAll() async throws {
        let table = try await MotoHouse().table("transactions")
        try await table.transactWriteItems(
            [
                .put(Self.key("t", "1"), if: "attribute_not_exists(pk)"),
                .update(key: Self.key("t", "2"), Expression("SET n = :n", values: [":n": .n(5)])),
            ], deadline: MotoHouse.patience)
        do {
            try await table.transactWriteItems(
                [
                    .put(Self.key("t", "3")),
                    .check(key: Self.key("t", "2"), if: Expression("n = :n", values: [":n": .n(6)])),
                    .delete(key: Self.key("t", "1"), if: "attribute_exists(pk)"),
                ], deadline: MotoHouse.patience)
            Issue.record("a transaction whose check fails was made")
        } catch let error as AWSError {
            #expect(error.kind == .transaction)
            #expect(error.reasons.map(\.code) == ["None", "ConditionalCheckFailed", "None"])
            #expect(error.reasons[1].item?["n"]?.integer == 5)
            #expect(error.isConditionFailure)
        }
        #expect(try await table.getItem(Self.key("t", "3"), deadline: MotoHouse.patience) == nil)
        #expect(try await table.getItem(Self.key("t", "1"), deadline: MotoHouse.patience) != nil)
        try await table.transactWriteItems([], deadline: MotoHouse.patience)
    }

    @Test func aMissingTableIsNamed() async throws {
        let table = DynamoDB(try await MotoHouse().client(.dynamoDB), table: "nowhere")
        await #expect { try await table.getItem(Self.key("a", "b"), deadline: MotoHouse.patience) } throws: {
            let error = $0 as? AWSError
            return error?.kind == .missing && error?.description.contains("GEPETO_HISTORY") == true
        }
    }

    @Test func expressionsShareTheirPlaceholders() {
        let both = Expression("a = :a", values: [":a": .n(1)]).and("attribute_exists(pk)")
        #expect(both.text == "(a = :a) AND (attribute_exists(pk))")
        #expect(both.values == [":a": .n(1)])
        #expect(Placeholders([nil, "x"]).values == nil)
    }
}
