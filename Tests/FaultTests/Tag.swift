/// The word by which a question of a run is known: `q3x7` is the eighth question of student 3.
enum Tag {
    static func make(student: Int, question: Int) -> String { "q\(student)x\(question)" }

    /// All tags in a text, in their order.
    static func all(in text: String) -> [String] {
        text.split { !$0.isLetter && !$0.isNumber }.map(String.init).filter { word in
            guard word.first == "q" else { return false }
            let numbers = word.dropFirst().split(separator: "x", omittingEmptySubsequences: false)
            return numbers.count == 2 && numbers.allSatisfy { Int($0) != nil }
        }
    }
}
