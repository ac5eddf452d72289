import Glibc

/// How alike questions are: by their meaning, for which the mean of all is taken out, and by their words.
///
/// Questions of one course have much in common, and an encoder finds all those in a language that it hardly knows alike:
/// a threshold of the plain cosine that parts topics in English joins all of them in Portuguese. Taking out the mean, and
/// asking the words too, makes one threshold hold for both (docs/decisions/0027-insights.md).
enum TopicLikeness {
    /// Mean likeness from which on groups are one topic; chosen by Benchmarks/insights/topics.py.
    static let threshold: Float = 0.25
    /// The words' share.
    private static let share: Float = 0.5
    /// The mean of few questions is their topic, and so are the words that all of them share: this many more are thought
    /// beside them, at the origin and without words.
    private static let others: Float = 20

    /// - Parameters:
    ///   - vectors: of unit length, one after another.
    ///   - texts: the same questions.
    /// - Returns: row after row.
    static func matrix(_ vectors: [Float], texts: [AskedText]) -> [Float] {
        let count = texts.count
        guard count > 0 else { return [] }
        var matrix = [Float](repeating: 0, count: count * count)
        addMeanings(centred(vectors, count: count), count: count, to: &matrix)
        addWords(texts, to: &matrix)
        return matrix
    }

    /// Without their mean, of unit length again, each padded to whole blocks.
    private static func centred(_ vectors: [Float], count: Int) -> [SIMD16<Float>] {
        let dimension = vectors.count / count
        let blocks = (dimension + 15) / 16
        var padded = [SIMD16<Float>](repeating: .zero, count: count * blocks)
        var mean = [SIMD16<Float>](repeating: .zero, count: blocks)
        for row in 0..<count {
            for column in 0..<dimension {
                padded[row * blocks + column / 16][column % 16] = vectors[row * dimension + column]
            }
            for block in 0..<blocks { mean[block] += padded[row * blocks + block] }
        }
        for row in 0..<count {
            var square: Float = 0
            for block in 0..<blocks {
                padded[row * blocks + block] -= mean[block] / (Float(count) + others)
                square += (padded[row * blocks + block] * padded[row * blocks + block]).sum()
            }
            guard square > 0 else { continue }
            let length = square.squareRoot()
            for block in 0..<blocks { padded[row * blocks + block] /= length }
        }
        return padded
    }

    private static func addMeanings(_ vectors: [SIMD16<Float>], count: Int, to matrix: inout [Float]) {
        let blocks = vectors.count / count
        vectors.withUnsafeBufferPointer { vectors in
            for row in 0..<count {
                for column in 0..<row {
                    var sum = SIMD16<Float>.zero
                    for block in 0..<blocks { sum += vectors[row * blocks + block] * vectors[column * blocks + block] }
                    let likeness = (1 - share) * sum.sum()
                    matrix[row * count + column] = likeness
                    matrix[column * count + row] = likeness
                }
            }
        }
    }

    /// The cosine of TF-IDF vectors, with `(1 + ln tf) · ln((1 + n) / (1 + df))`, the others counted in `n`.
    private static func addWords(_ texts: [AskedText], to matrix: inout [Float]) {
        let count = texts.count
        var places: [String: [(text: Int, weight: Float)]] = [:]
        for (text, asked) in texts.enumerated() {
            for (term, times) in asked.terms { places[term, default: []].append((text, Float(times))) }
        }
        var squares = [Float](repeating: 0, count: count)
        // In a fixed order: sums of floats depend on it.
        let weighed = places.sorted { $0.key < $1.key }.map { _, found in
            let rarity = log((Float(1 + count) + others) / Float(1 + found.count))
            return found.map { (text: $0.text, weight: (1 + log($0.weight)) * rarity) }
        }
        for found in weighed {
            for (text, weight) in found { squares[text] += weight * weight }
        }
        let lengths = squares.map { $0 > 0 ? $0.squareRoot() : 1 }
        for found in weighed where found.count > 1 {
            for (index, one) in found.enumerated() {
                for other in found[..<index] {
                    let likeness = share * one.weight / lengths[one.text] * other.weight / lengths[other.text]
                    matrix[one.text * count + other.text] += likeness
                    matrix[other.text * count + one.text] += likeness
                }
            }
        }
    }
}
