/// Groups things by average linkage: two groups are joined while the mean likeness of their pairs is at least a threshold
/// (UPGMA; Sokal and Michener 1958), by nearest-neighbour chains (Murtagh 1983), in O(n²).
///
/// No number of groups is asked for, single things stay single, and the result does not depend on the order.
package enum Agglomeration {
    /// - Parameters:
    ///   - likeness: row after row, `count * count` numbers, symmetric; what stands in the diagonal is not looked at.
    ///   - threshold: of the mean likeness of two groups' pairs.
    /// - Returns: for each thing the number of its group; groups are numbered by their first thing, from 0.
    package static func groups(_ likeness: consuming [Float], count: Int, threshold: Float) -> [Int] {
        precondition(likeness.count == count * count, "a likeness for each pair")
        var sizes = [Float](repeating: 1, count: count)
        var open = [Bool](repeating: true, count: count)
        var parents = Array(0..<count)
        var chain: [Int] = []
        var next = 0
        while true {
            if chain.isEmpty {
                while next < count, !open[next] { next += 1 }
                guard next < count else { break }
                chain.append(next)
            }
            let tip = chain[chain.count - 1]
            let former = chain.count > 1 ? chain[chain.count - 2] : nil
            guard let near = nearest(to: tip, former, likeness, count, open), likeness[tip * count + near] >= threshold
            else {
                // Joining others never brings it nearer to any (the linkage is reducible), so it is done; and so is all
                // that leans on it, for likenesses grow along a chain.
                open[tip] = false
                chain.removeLast()
                continue
            }
            guard near == former else {
                chain.append(near)
                continue
            }
            chain.removeLast(2)
            let (kept, gone) = (min(tip, near), max(tip, near))
            let total = sizes[kept] + sizes[gone]
            for other in 0..<count where open[other] && other != kept && other != gone {
                let joined =
                    (likeness[kept * count + other] * sizes[kept] + likeness[gone * count + other] * sizes[gone])
                    / total
                likeness[kept * count + other] = joined
                likeness[other * count + kept] = joined
            }
            sizes[kept] = total
            open[gone] = false
            parents[gone] = kept
        }
        return numbered(parents)
    }

    /// The most alike of those that are open; among equals the one before in the chain, else the first, so that it ends.
    private static func nearest(
        to tip: Int, _ former: Int?, _ likeness: borrowing [Float], _ count: Int, _ open: [Bool]
    ) -> Int? {
        var best = former
        var most = former.map { likeness[tip * count + $0] } ?? -.infinity
        for other in 0..<count where open[other] && other != tip && likeness[tip * count + other] > most {
            most = likeness[tip * count + other]
            best = other
        }
        return best
    }

    /// Parents come before their children, so that one pass finds every root.
    private static func numbered(_ parents: [Int]) -> [Int] {
        var numbers: [Int] = []
        var count = 0
        for (thing, parent) in parents.enumerated() {
            if parent == thing {
                numbers.append(count)
                count += 1
            } else {
                numbers.append(numbers[parent])
            }
        }
        return numbers
    }
}
