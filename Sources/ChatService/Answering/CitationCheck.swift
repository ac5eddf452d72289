import Support

/// Turns the markers of a finished answer into citations and says of each whether its passage supports it.
///
/// For each marker the sentence it stands in is compared with the sentences of the passage it names; the nearest one
/// is the quote. Two measures count, by words and, where an embedder is given, by meaning (which also holds across
/// languages): a claim is supported when most of its content words occur in the passage, or when some sentence of the
/// passage is close to it in meaning and no number of the claim is missing.
package struct CitationCheck: Sendable {
    /// Texts to unit vectors, one after another.
    package typealias Embed = @Sendable ([String]) async throws -> [Float]

    /// The share of a claim's content words that its passage must hold.
    package var leastCoverage = 0.6
    /// The cosine that counts as the same meaning.
    package var leastSimilarity = 0.6
    private let embed: Embed?

    package init(embed: Embed?) { self.embed = embed }

    /// The citations of `content` in order of first appearance, one for each marker number.
    /// - Parameters:
    ///   - markers: where they stand, as `MarkerFilter` let them through.
    ///   - sources: those the prompt carried.
    ///   - scores: rank scores by marker.
    ///   - located: a source as it is for a part (UTF-8 bytes) of its passage: a quote has its own page and place.
    package func citations(
        in content: String, markers: [MarkerFilter.Marker], sources: [Source], scores: [Int: Double],
        located: (Source, Range<Int>) -> Source = { source, _ in source }
    ) async throws -> [Citation] {
        let claims = Self.claims(in: content, markers: markers)
        var citations: [Citation] = []
        for source in sources.sorted(by: { first($0, in: claims) < first($1, in: claims) }) {
            let own = claims.filter { $0.number == source.marker }.map(\.text)
            guard !own.isEmpty else { continue }
            let verdicts = try await judge(own, passage: source.passage)
            // Among claims that are as good as equally near the first one speaks for all: it is what the answer led with.
            let nearest = verdicts.map(\.strength).max() ?? 0
            guard let best = verdicts.first(where: { $0.strength >= nearest - Self.tie }) else { continue }
            let place = located(source, best.range)
            citations.append(
                Citation(
                    marker: source.marker, documentId: source.documentId, title: source.title, page: place.page,
                    section: source.section, pageUnit: source.pageUnit, place: place.place, ocr: place.ocr,
                    url: place.url, quote: best.quote, score: scores[source.marker] ?? 0,
                    supported: verdicts.allSatisfy(\.supported), passage: source.passage))
        }
        return citations
    }

    /// What the markers vouch for, in their order: each sentence once a number, a bounded number of them.
    private static func claims(in content: String, markers: [MarkerFilter.Marker]) -> [(number: Int, text: String)] {
        let bytes = Array(content.utf8)
        let sentences = SentenceSplitter.byteRanges(in: content)
        var claims: [(number: Int, text: String)] = []
        var last: [Int: Int] = [:]
        var counts: [Int: Int] = [:]
        var index = 0
        for marker in markers {
            // Markers and sentences both ascend.
            while index + 1 < sentences.count, sentences[index + 1].lowerBound <= marker.offset { index += 1 }
            guard sentences.indices.contains(index), last[marker.number] != index,
                counts[marker.number, default: 0] < maximumClaims
            else { continue }
            last[marker.number] = index
            counts[marker.number, default: 0] += 1
            var text = claim(bytes[sentences[index]])
            // A marker alone in its line speaks of the sentence before it.
            if Words.folded(text, limit: 1).isEmpty, index > 0 { text = claim(bytes[sentences[index - 1]]) }
            claims.append((marker.number, text))
        }
        return claims
    }

    private static func claim(_ sentence: ArraySlice<UInt8>) -> String {
        withoutMarkers(String(decoding: sentence.prefix(longestClaim), as: UTF8.self))
    }

    private func first(_ source: Source, in claims: [(number: Int, text: String)]) -> Int {
        claims.firstIndex { $0.number == source.marker } ?? .max
    }

    /// A smaller difference in strength says nothing.
    private static let tie = 0.05

    struct Verdict {
        var quote: String
        /// The quote's bytes in the passage.
        var range: Range<Int>
        var strength: Double
        var supported: Bool
    }

    /// One verdict a claim.
    private func judge(_ claims: [String], passage: String) async throws -> [Verdict] {
        let ranges = SentenceSplitter.byteRanges(in: passage).prefix(Self.maximumSentences)
        let sentences = ranges.map(passage.utf8Substring)
        let sentenceWords = sentences.map { Set(Words.content($0)) }
        let passageWords = Set(Words.folded(passage))
        let similarities = try await similarities(claims, sentences)
        return claims.enumerated().map { claimIndex, claim in
            let words = Set(Words.content(claim))
            var best = Verdict(
                quote: sentences.first ?? passage, range: ranges.first ?? 0..<passage.utf8.count, strength: -1,
                supported: false)
            var nearest = 0.0
            for (index, candidate) in sentenceWords.enumerated() {
                let overlap = words.isEmpty ? 0 : Double(words.intersection(candidate).count) / Double(words.count)
                let similarity = similarities[claimIndex * sentences.count + index]
                nearest = max(nearest, similarity)
                let strength = max(overlap, similarity) + 0.1 * min(overlap, similarity)
                if strength > best.strength {
                    best = Verdict(
                        quote: sentences[index], range: ranges[index], strength: strength, supported: false)
                }
            }
            let held = words.filter { word in passageWords.contains(word) || Self.shares(stem: word, with: passageWords)
            }
            let coverage = words.isEmpty ? 1 : Double(held.count) / Double(words.count)
            let numbers = words.filter { $0.contains(where: \.isNumber) }
            let numbersHold = numbers.isSubset(of: passageWords)
            best.supported = numbersHold && (coverage >= leastCoverage || nearest >= leastSimilarity)
            return best
        }
    }

    /// Cosines, a row a claim; zeros without an embedder, and where it fails: an answer that is there is not thrown away.
    private func similarities(_ claims: [String], _ sentences: [String]) async throws -> [Double] {
        let none = [Double](repeating: 0, count: claims.count * sentences.count)
        guard let embed, !sentences.isEmpty else { return none }
        let vectors: [Float]
        do {
            vectors = try await embed(claims + sentences)
        } catch let error as CancellationError {
            throw error
        } catch {
            return none
        }
        let dimension = vectors.count / (claims.count + sentences.count)
        return claims.indices.flatMap { claim in
            sentences.indices.map { sentence in
                let left = claim * dimension
                let right = (claims.count + sentence) * dimension
                return Double((0..<dimension).reduce(Float(0)) { $0 + vectors[left + $1] * vectors[right + $1] })
            }
        }
    }

    /// Whether a word of the passage begins alike: plural, gender and verb endings differ, the stem does not.
    private static func shares(stem word: String, with words: Set<String>) -> Bool {
        guard word.count >= 6 else { return false }
        let stem = word.prefix(max(5, word.count - 3))
        return words.contains { $0.hasPrefix(stem) && abs($0.count - word.count) <= 3 }
    }

    /// The sentence by itself: the number of a list's item is none of its claims either.
    static func withoutMarkers(_ sentence: String) -> String {
        sentence.replacing(/\s*\[\d+\]/, with: "").replacing(/^\s*\d{1,3}[.)]\s+/, with: "")
    }

    /// More sentences than any passage has that retrieval makes.
    private static let maximumSentences = 60
    /// Sentences of the answer that are checked for one marker number, and the bytes of each that are looked at: more
    /// than any answer has that is worth reading.
    private static let maximumClaims = 16
    private static let longestClaim = 2_000
}
