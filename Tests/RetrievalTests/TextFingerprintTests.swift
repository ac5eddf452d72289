import TestSupport
import Testing

@testable import Retrieval

@Suite struct TextFingerprintTests {
    private func addsNothing(_ text: String, to other: String) -> Bool {
        var words = WordNumbers()
        let known = TextFingerprint(other, &words)
        return TextFingerprint(text, &words).addsNothing(to: known)
    }

    @Test func sameWordsAddNothing() {
        #expect(addsNothing("The worst case is O(n²).", to: "the WORST case – is: o n²"))
        // Within the other one, which says more; not the other way round.
        let long = "A heap is a complete binary tree in which no parent is larger than its children."
        #expect(addsNothing("In which no parent is larger.", to: long))
        #expect(!addsNothing(long, to: "In which no parent is larger."))
        // The same words in another order, and texts of fewer than three words.
        #expect(!addsNothing("tree binary complete a is heap a", to: "a heap is a complete binary tree"))
        #expect(addsNothing("heap tree", to: "Heap, tree!"))
        #expect(!addsNothing("heap tree", to: "heap tree heap"))
        #expect(addsNothing("", to: "..."))
        #expect(!addsNothing("", to: "heap"))
    }

    /// The definition, by sets of strings.
    @Test func agreesWithSetsOfWords() {
        func set(_ words: [String]) -> Set<[String]> {
            words.count < 3 ? [words] : Set((0...(words.count - 3)).map { Array(words[$0..<($0 + 3)]) })
        }
        var numbers = SeededNumbers(5)
        var found = [true: 0, false: 0]
        for _ in 0..<400 {
            let words = (0..<Int.random(in: 0..<60, using: &numbers)).map { _ in
                "w\(Int.random(in: 0..<12, using: &numbers))"
            }
            var changed = words
            for _ in 0..<Int.random(in: 0..<4, using: &numbers) where !changed.isEmpty {
                let place = Int.random(in: 0..<changed.count, using: &numbers)
                if Bool.random(using: &numbers) { changed.remove(at: place) } else { changed.insert("new", at: place) }
            }
            let (own, other) = (set(changed), set(words))
            let shared = Double(own.intersection(other).count)
            let expected =
                shared >= 0.9 * Double(own.count) || shared >= 0.8 * (Double(own.count + other.count) - shared)
            #expect(addsNothing(changed.joined(separator: " "), to: words.joined(separator: " ")) == expected)
            found[expected, default: 0] += 1
        }
        // Both answers were asked for often.
        #expect(found.values.allSatisfy { $0 > 50 })
    }
}
