extension CoursePolicy {
    /// The most there may be of each, so that a policy is looked through for every question without anybody waiting.
    enum Bounds {
        static let locks = 100
        static let documents = 2_000
        static let assignments = 100
        static let assignmentDocuments = 200
        static let title = 120
        static let message = 300
        static let count = 10_000
        static let cost = 1_000_000.0
        /// The last second of the year 9999.
        static let time = 253_402_300_799.0
    }

    /// The policy in a body of the form of `GET /api/courses/{course}/policies`; what is left out is as by default.
    ///
    /// A field that no policy has is an error: a rule that is misspelt would be one that nobody keeps.
    /// - Throws: `Problem` 400 with all that is wrong, each with its pointer.
    static func read(_ object: [String: JSONValue]) throws -> CoursePolicy {
        var reader = PolicyReader()
        var policy = CoursePolicy()
        reader.names(
            object,
            [
                "language", "modes", "unsupported", "locks", "documents", "newDocuments", "assignments", "hintsPerDay",
                "questionsPerDay", "dailyCostUsd", "monthlyCostUsd", "whenCostReached",
            ], at: "")
        policy.language = reader.choice(object["language"], at: "/language") ?? .auto
        policy.modes = reader.modes(object["modes"]) ?? AnswerMode.allCases
        policy.unsupported = reader.choice(object["unsupported"], at: "/unsupported")
        policy.whenCostReached = reader.choice(object["whenCostReached"], at: "/whenCostReached") ?? .extractive
        policy.hintsPerDay = reader.count(object["hintsPerDay"], at: "/hintsPerDay")
        policy.questionsPerDay = reader.count(object["questionsPerDay"], at: "/questionsPerDay")
        policy.dailyCostUsd = reader.cost(object["dailyCostUsd"], at: "/dailyCostUsd")
        policy.monthlyCostUsd = reader.cost(object["monthlyCostUsd"], at: "/monthlyCostUsd")
        for (pointer, item) in reader.items(object["locks"], at: "/locks", most: Bounds.locks) {
            if let lock = reader.lock(item, at: pointer) { policy.locks.append(lock) }
        }
        policy.documents = reader.documents(object["documents"])
        policy.newDocuments = reader.choice(object["newDocuments"], at: "/newDocuments")
        for (pointer, item) in reader.items(object["assignments"], at: "/assignments", most: Bounds.assignments) {
            guard let assignment = reader.assignment(item, at: pointer) else { continue }
            if policy.assignment(assignment.id) != nil {
                reader.fail(pointer + "/id", "There is an assignment '\(assignment.id)' already; ids differ.")
            }
            policy.assignments.append(assignment)
        }
        for (index, assignment) in policy.assignments.enumerated() where !policy.canKeepBudget(of: assignment) {
            reader.fail(
                "/assignments/\(index)/documents",
                "Name a document of '\(assignment.id)' that no other assignment names: else hints for it could be had in "
                    + "the name of another one.")
        }
        guard reader.errors.isEmpty else { throw Problem.invalid(reader.errors) }
        return policy
    }
}
