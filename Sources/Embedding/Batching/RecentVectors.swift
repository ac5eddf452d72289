import Support

/// Vectors of texts that were embedded not long ago, for those that come again and again: the sentences of passages that
/// answers cite are the same for everybody who asks about a chapter.
///
/// What was not asked for while `most` others were is forgotten; at most twice as many are kept, each with its text.
package final class RecentVectors: Sendable {
    /// Vectors of one generation: with 384 floats each some 6 MB.
    package static let most = 4_096

    private struct Generations {
        var young: [String: [Float]] = [:]
        var old: [String: [Float]] = [:]
    }

    private let most: Int
    private let generations = Locked(Generations())

    package init(most: Int = RecentVectors.most) { self.most = most }

    /// The vectors of `texts`, one after another; only those that are not known are computed.
    /// - Parameter compute: the vectors of some texts, one after another, all of one dimension.
    package func vectors(
        of texts: [String], computing compute: ([String]) async throws -> [Float]
    ) async throws -> [Float] {
        var found: [String: [Float]] = [:]
        var missing: [String] = []
        generations.withLock { generations in
            var asked: Set<String> = []
            for text in texts where asked.insert(text).inserted {
                if let vector = generations.young[text] ?? generations.old[text] {
                    found[text] = vector
                } else {
                    missing.append(text)
                }
            }
        }
        if !missing.isEmpty {
            let computed = try await compute(missing)
            let dimension = computed.count / missing.count
            for (index, text) in missing.enumerated() {
                found[text] = Array(computed[index * dimension..<(index + 1) * dimension])
            }
        }
        generations.withLock { generations in
            for (text, vector) in found { keep(text, vector, &generations) }
        }
        return texts.flatMap { found[$0] ?? [] }
    }

    private func keep(_ text: String, _ vector: [Float], _ generations: inout Generations) {
        guard generations.young[text] == nil else { return }
        if generations.young.count >= most {
            generations.old = generations.young
            generations.young = [:]
        }
        generations.young[text] = vector
    }
}
