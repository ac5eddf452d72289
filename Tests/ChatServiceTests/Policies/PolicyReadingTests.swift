import Support
import Testing

@testable import ChatService

/// A policy as staff send it.
@Suite struct PolicyReadingTests {
    private func read(_ json: String) throws -> CoursePolicy {
        try CoursePolicy.read(try JSONValue.object(in: Array(json.utf8)))
    }

    private func errors(_ json: String) -> [String] {
        do {
            _ = try read(json)
            return []
        } catch {
            return (error as? Problem)?.errors.map(\.pointer) ?? ["\(error)"]
        }
    }

    @Test func everythingIsRead() throws {
        let policy = try read(
            """
            {"language":"pt","modes":["answer","hint"],"unsupported":"regenerate",
             "locks":[{"from":1000,"until":2000,"message":" Prova! "}],
             "documents":{"abc1":{"availableFrom":5000,"quotable":true},"abc2":{"availableFrom":null,"quotable":false}},
             "assignments":[{"id":"lista-1","title":"Lista 1","documents":["abc2"],"hintBudget":3},{"id":"l2"}],
             "hintsPerDay":5,"questionsPerDay":40,"dailyCostUsd":0.5,"monthlyCostUsd":10,"whenCostReached":"deny"}
            """)
        #expect(policy.language == .pt && policy.modes == [.answer, .hint] && policy.unsupported == .regenerate)
        #expect(policy.locks == [.init(from: 1000, until: 2000, message: "Prova!")])
        #expect(
            policy.documents["abc1"] == .init(availableFrom: 5000) && policy.documents["abc2"] == .init(quotable: false)
        )
        #expect(policy.assignments.map(\.id) == ["lista-1", "l2"] && policy.assignments[1].title == "l2")
        #expect(policy.assignments.map(\.hintBudget) == [3, nil])
        #expect(policy.hintsPerDay == 5 && policy.questionsPerDay == 40 && policy.whenCostReached == .deny)
        #expect(policy.dailyCostUsd == 0.5 && policy.monthlyCostUsd == 10)
        #expect(try JSONText.decode(CoursePolicy.self, from: JSONText.encode(policy)) == policy)
        // What is stored and sent reads back as itself.
        #expect(try read(JSONText.encode(policy)) == policy)
    }

    @Test func nothingSetIsTheDefault() throws {
        #expect(try read("{}") == CoursePolicy())
        #expect(try read("{\"locks\":null,\"modes\":null,\"hintsPerDay\":null}") == CoursePolicy())
    }

    @Test(
        arguments: [
            ("{\"languages\":\"pt\"}", ["/languages"]), ("{\"language\":\"fr\"}", ["/language"]),
            ("{\"modes\":[]}", ["/modes"]), ("{\"modes\":[\"answer\",\"cheat\"]}", ["/modes/1"]),
            ("{\"modes\":\"answer\"}", ["/modes", "/modes"]), ("{\"unsupported\":1}", ["/unsupported"]),
            ("{\"locks\":[{\"from\":2,\"until\":2}]}", ["/locks/0/until"]),
            ("{\"locks\":[{\"from\":-1},3]}", ["/locks/0/from", "/locks/0/until", "/locks/1"]),
            ("{\"locks\":[{\"from\":1,\"until\":2.5,\"text\":\"\"}]}", ["/locks/0/text", "/locks/0/until"]),
            ("{\"documents\":{\"a/b\":{}}}", ["/documents/a~1b"]),
            ("{\"documents\":{\"ab\":{\"quotabel\":false}}}", ["/documents/ab/quotabel"]),
            ("{\"documents\":{\"ab\":{\"quotable\":\"no\"}}}", ["/documents/ab/quotable"]),
            ("{\"assignments\":[{\"id\":\"A B\"}]}", ["/assignments/0/id"]),
            ("{\"assignments\":[{\"title\":\"x\"}]}", ["/assignments/0/id"]),
            ("{\"assignments\":[{\"id\":\"a\"},{\"id\":\"a\"}]}", ["/assignments/1/id"]),
            ("{\"assignments\":[{\"id\":\"a\",\"hintBudget\":1.5}]}", ["/assignments/0/hintBudget"]),
            ("{\"assignments\":[{\"id\":\"a\",\"documents\":[\"..\"]}]}", ["/assignments/0/documents/0"]),
            // Without documents of its own its hints could be had in the name of the other one.
            ("{\"assignments\":[{\"id\":\"a\",\"hintBudget\":1},{\"id\":\"b\"}]}", ["/assignments/0/documents"]),
            (
                "{\"assignments\":[{\"id\":\"a\",\"documents\":[\"d\"],\"hintBudget\":1},{\"id\":\"b\",\"documents\":[\"d\"]}]}",
                ["/assignments/0/documents"]
            ),
            ("{\"assignments\":[{\"id\":\"a\",\"documents\":[\"d\"],\"hintBudget\":1},{\"id\":\"b\"}]}", []),
            ("{\"assignments\":[{\"id\":\"a\",\"hintBudget\":1}]}", []),
            ("{\"hintsPerDay\":-1,\"questionsPerDay\":1e9}", ["/hintsPerDay", "/questionsPerDay"]),
            ("{\"dailyCostUsd\":\"1\",\"monthlyCostUsd\":-0.1}", ["/dailyCostUsd", "/monthlyCostUsd"]),
            ("{\"whenCostReached\":\"panic\"}", ["/whenCostReached"]),
        ] as [(String, [String])])
    func eachBadFieldIsNamed(_ json: String, _ pointers: [String]) {
        #expect(errors(json) == pointers)
    }

    @Test func everythingIsBounded() {
        let lock = "{\"from\":1,\"until\":2}"
        let locks = Array(repeating: lock, count: CoursePolicy.Bounds.locks + 1).joined(separator: ",")
        #expect(errors("{\"locks\":[\(locks)]}") == ["/locks"])
        let documents = (0...CoursePolicy.Bounds.documents).map { "\"d\($0)\":{}" }.joined(separator: ",")
        #expect(errors("{\"documents\":{\(documents)}}") == ["/documents"])
        let message = String(repeating: "a", count: CoursePolicy.Bounds.message + 1)
        #expect(errors("{\"locks\":[{\"from\":1,\"until\":2,\"message\":\"\(message)\"}]}") == ["/locks/0/message"])
        let bad = (0..<90).map { "\"x\($0)\":1" }.joined(separator: ",")
        #expect(errors("{\(bad)}").count == 50)
    }
}
