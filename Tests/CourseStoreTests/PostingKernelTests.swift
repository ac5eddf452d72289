import CKernels
import TestSupport
import Testing

@testable import CourseStore

/// The search of a window at every level against its plain twin, and the twin against the formula.
@Suite struct PostingKernelTests {
    private static let size = Int(POSTINGS_WINDOW)

    private struct Run {
        /// One entry before those of the run, so that they stand at odd addresses too.
        var entries: [UInt16] = [9]
        let base: UInt32
        let weight: Double
        var bound = 0.0
    }

    private struct Case {
        var runs: [Run] = []
        var lengths: [UInt16]
        let constant: Double
        let perWord: Double

        init(counts: [Int], garbage: Bool, _ numbers: inout SeededNumbers) {
            lengths = (0..<size).map { _ in .random(in: 0...300, using: &numbers) }
            lengths[0] = 0
            lengths[size - 1] = .max
            constant = 0.54
            perWord = counts.count % 2 == 0 ? 0.0036 : 0
            for count in counts {
                var run = Run(
                    base: [0, 0, 32, 65_504].randomElement(using: &numbers) ?? 0,
                    weight: .random(in: 0.01...9, using: &numbers))
                if garbage {
                    run.entries += (0..<count).map { _ in .random(in: 0...(.max), using: &numbers) }
                } else {
                    let places = (0..<UInt16(size)).shuffled(using: &numbers).prefix(count).sorted()
                    run.entries += places.map { $0 << 5 | .random(in: 0...31, using: &numbers) }
                }
                runs.append(run)
            }
            for index in runs.indices { runs[index].bound = most(.portable, index) }
            runs.sort { $0.bound < $1.bound }
        }

        func score(_ run: Run, _ entry: UInt16) -> Double {
            let frequency = Double(run.base + 1 + UInt32(entry & 31))
            return run.weight * frequency / (frequency + constant + perWord * Double(lengths[Int(entry >> 5)]))
        }

        func most(_ level: CodeLevel, _ index: Int) -> Double {
            with { runs, norm in postings_most(level.rawValue, runs[index], norm) }
        }

        func search(_ level: CodeLevel, from threshold: Double) -> [UInt16: Double] {
            var sums = [Double](repeating: 0, count: size)
            var touched = [UInt16](repeating: 0, count: size + 2)
            var places = [UInt16](repeating: 0, count: size + 1)
            var scores = [Double](repeating: 0, count: size + 1)
            // The last of each is nobody's and must stay.
            (touched[size + 1], places[size], scores[size]) = (77, 77, 77)
            let count = sums.withUnsafeMutableBufferPointer { sums in
                touched.withUnsafeMutableBufferPointer { touched in
                    places.withUnsafeMutableBufferPointer { places in
                        scores.withUnsafeMutableBufferPointer { scores in
                            let space = postings_space(
                                sums: sums.baseAddress, touched: touched.baseAddress, places: places.baseAddress,
                                scores: scores.baseAddress)
                            return with { runs, norm in
                                postings_search(level.rawValue, runs.baseAddress, runs.count, norm, threshold, space)
                            }
                        }
                    }
                }
            }
            #expect(touched[size + 1] == 77 && places[size] == 77 && scores[size] == 77)
            #expect(sums.allSatisfy { $0 == 0 })
            return Dictionary(zip(places.prefix(count), scores), uniquingKeysWith: { first, _ in first })
        }

        private func with<Value>(_ body: (UnsafeBufferPointer<postings_run>, postings_norm) -> Value) -> Value {
            let all = runs.flatMap(\.entries)
            return all.withUnsafeBufferPointer { all in
                lengths.withUnsafeBufferPointer { lengths in
                    var start = 0
                    let made = runs.map { run in
                        defer { start += run.entries.count }
                        return postings_run(
                            entries: all.baseAddress.map { $0 + start + 1 }, count: run.entries.count - 1,
                            base: run.base, weight: run.weight, bound: run.bound)
                    }
                    let norm = postings_norm(lengths: lengths.baseAddress, constant: constant, per_word: perWord)
                    return made.withUnsafeBufferPointer { body($0, norm) }
                }
            }
        }
    }

    private static let counts: [[Int]] = [
        [0], [1], [2], [7], [8], [9], [15], [16], [17], [31], [32], [33], [63], [64], [65], [2_047], [2_048],
        [1, 2_048], [2, 300, 40], [5, 33, 129, 1_000], [16, 31, 64, 100, 257, 600, 2_000], [0, 0, 1], [700, 700, 700],
    ]

    @Test(arguments: CodeLevel.available)
    func findsWhatTheFormulaSays(level: CodeLevel) {
        var numbers = SeededNumbers(11)
        for counts in Self.counts {
            let one = Case(counts: counts, garbage: false, &numbers)
            var sums: [UInt16: Double] = [:]
            for (index, run) in one.runs.enumerated() {
                for entry in run.entries.dropFirst() { sums[entry >> 5, default: 0] += one.score(run, entry) }
                let most = run.entries.dropFirst().map { one.score(run, $0) }.max() ?? 0
                #expect(one.most(level, index) == most, "\(counts)")
            }
            let ranked = sums.values.sorted(by: >)
            for rank in [0, 1, 10, 100, 1_000, 3_000] {
                let threshold = rank < ranked.count ? ranked[rank] : 0
                let found = one.search(level, from: threshold)
                #expect(
                    found.allSatisfy {
                        $0.value >= threshold * (1 - 1e-12) && abs($0.value - (sums[$0.key] ?? 0)) < 1e-12 * $0.value
                    }
                )
                let missing = sums.filter { $0.value >= threshold * (1 + 1e-12) && found[$0.key] == nil }
                #expect(missing.isEmpty, "\(counts) \(rank)")
                let plain = one.search(.portable, from: threshold)
                #expect(found.mapValues(\.bitPattern) == plain.mapValues(\.bitPattern))
            }
            #expect(one.search(level, from: .infinity).isEmpty && one.search(level, from: .nan).isEmpty)
        }
    }

    @Test(arguments: CodeLevel.available)
    func whateverTheEntriesAreNothingElseIsTouched(level: CodeLevel) {
        var numbers = SeededNumbers(12)
        for counts in Self.counts {
            let one = Case(counts: counts, garbage: true, &numbers)
            for threshold in [0, 0.5, 3] {
                let found = one.search(level, from: threshold)
                #expect(found.mapValues(\.bitPattern) == one.search(.portable, from: threshold).mapValues(\.bitPattern))
            }
        }
    }
}
