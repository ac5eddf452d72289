import Extraction
import Support

/// A sentence of a document by which it must be found again.
struct ProbeSentence: Sendable, Equatable {
    let text: String
    /// The position of the chunk that holds it.
    let chunk: Int

    /// Chunks that are looked at in each part of the document, and sentences of each.
    private static let chunkLimit = 3
    private static let sentenceLimit = 12
    /// Different words of four or more letters that a sentence must have: fewer find too much.
    private static let wordsNeeded = 3

    private struct Candidate {
        let text: String
        let chunk: Int
        let words: Set<String>
    }

    /// At most three different sentences, of the beginning, the middle and the end, each the most distinctive of its
    /// part: the one with the most words that the others do not have. None when the text is not made of words.
    static func choose(from chunks: [String]) -> [ProbeSentence] {
        let parts = parts(of: chunks)
        var frequency: [String: Int] = [:]
        for candidate in parts.joined() {
            for word in candidate.words { frequency[word, default: 0] += 1 }
        }
        var chosen: [ProbeSentence] = []
        for part in parts {
            let fresh = part.filter { candidate in !chosen.contains { $0.text == candidate.text } }
            let best = fresh.max { left, right in distinction(left, frequency) < distinction(right, frequency) }
            if let best { chosen.append(ProbeSentence(text: best.text, chunk: best.chunk)) }
        }
        return chosen
    }

    /// The candidates of the three parts; those of a document of one chunk are the thirds of that chunk.
    private static func parts(of chunks: [String]) -> [[Candidate]] {
        guard chunks.count > 2 else {
            let all = chunks.indices.flatMap { candidates(in: chunks[$0], of: $0, limit: sentenceLimit * 3) }
            return (0..<3).map { part in Array(all[(part * all.count / 3)..<((part + 1) * all.count / 3)]) }
        }
        let last = chunks.count - 1
        let size = min(chunkLimit, chunks.count / 3)
        let middle = chunks.count / 2 - size / 2
        return [0...(size - 1), middle...(middle + size - 1), (last - size + 1)...last].map { range in
            range.flatMap { candidates(in: chunks[$0], of: $0, limit: sentenceLimit) }
        }
    }

    private static func candidates(in text: String, of chunk: Int, limit: Int) -> [Candidate] {
        SentenceSplitter.sentences(in: text).prefix(limit).compactMap { sentence in
            let sentence = TextCleaner.cut(String(sentence), to: 1_000)
            // Longer words are cut by the search.
            let words = Set(Words.content(sentence, limit: 60).filter { (4...48).contains($0.utf8.count) })
            return words.count < wordsNeeded ? nil : Candidate(text: sentence, chunk: chunk, words: words)
        }
    }

    private static func distinction(_ candidate: Candidate, _ frequency: [String: Int]) -> Double {
        candidate.words.reduce(0) { $0 + 1 / Double(frequency[$1] ?? 1) }
    }
}
