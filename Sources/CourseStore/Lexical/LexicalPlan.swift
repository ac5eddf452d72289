import CKernels

/// Which windows hold which terms of a question, and the most that a chunk of each can score. Of one search.
///
/// Takes 4 bytes for each window and term, and 9 for each window.
struct LexicalPlan {
    /// Windows that come before the others, for what is found in them tells what the others must reach.
    private static let leaders = 8

    private let terms: [LexicalScorer.Term]
    /// For every slot and term the number of the term's run there, from 1; 0 when there is none.
    private var runs: [UInt32]
    /// The most that a chunk of each slot can score.
    private var bounds: [Double]

    /// - Parameter slots: how many windows there are.
    init(_ terms: [LexicalScorer.Term], slots: Int) {
        self.terms = terms
        runs = [UInt32](repeating: 0, count: slots * terms.count)
        bounds = [Double](repeating: 0, count: slots)
        runs.withUnsafeMutableBufferPointer { runs in
            bounds.withUnsafeMutableBufferPointer { bounds in
                for (place, term) in terms.enumerated() {
                    let (weight, list) = (term.weight, term.runs)
                    for number in 0..<list.runCount {
                        let slot = Int(list.slots[number])
                        runs[slot * terms.count + place] = UInt32(number + 1)
                        bounds[slot] += weight * Double(list.bounds[number])
                    }
                }
            }
        }
    }

    /// Gives the windows that hold a term to `body`: the slot and the terms' runs by ascending bound. The most promising
    /// windows come first, the others in their order, in which memory is quickest.
    /// - Parameter isWanted: whether a window is worth it in which a chunk can score so much.
    @inline(__always)
    func forEachWindow(
        where isWanted: (Double) -> Bool, _ body: (Int, UnsafeBufferPointer<postings_run>) -> Void
    ) {
        // The runs of the window before, which are searched when those of the next are on their way from memory.
        withUnsafeTemporaryAllocation(of: postings_run.self, capacity: 2 * terms.count) { buffer in
            var isSecond = false
            var waiting: (slot: Int, runs: UnsafeBufferPointer<postings_run>)?
            func visit(_ slot: Int) {
                let found = UnsafeMutableBufferPointer(rebasing: buffer[(isSecond ? terms.count : 0)...])
                let runs = UnsafeBufferPointer(rebasing: found[..<collect(slot, into: found)])
                postings_prefetch(runs.baseAddress, runs.count)
                if let waiting { body(waiting.slot, waiting.runs) }
                waiting = (slot, runs)
                isSecond.toggle()
            }
            var leaders = BestChunks(limit: Self.leaders)
            for slot in bounds.indices where bounds[slot] > 0 { leaders.insert(UInt32(slot), Float(bounds[slot])) }
            var isDone = bounds.map { $0 == 0 }
            for leader in leaders.sorted() {
                let slot = Int(leader.id)
                isDone[slot] = true
                if isWanted(bounds[slot]) { visit(slot) }
            }
            for slot in bounds.indices where !isDone[slot] && isWanted(bounds[slot]) { visit(slot) }
            if let waiting { body(waiting.slot, waiting.runs) }
        }
    }

    /// The runs of a window by ascending bound; returns how many there are.
    @inline(__always)
    private func collect(_ slot: Int, into found: UnsafeMutableBufferPointer<postings_run>) -> Int {
        var count = 0
        for (place, term) in terms.enumerated() {
            let number = runs[slot * terms.count + place]
            guard number > 0 else { continue }
            let run = term.runs.run(Int(number) - 1, weight: term.weight)
            var at = count
            while at > 0, found[at - 1].bound > run.bound {
                found[at] = found[at - 1]
                at -= 1
            }
            found[at] = run
            count += 1
        }
        return count
    }
}
