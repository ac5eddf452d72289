/// Which list each chunk goes into.
struct ListPlacing {
    let centres: ListCentres
    private let capacity: Int
    /// Ascending.
    private(set) var ids: [Int64] = []
    /// For each of them, the number of its list.
    private(set) var places: [Int32] = []
    /// For each list, its centre and how many chunks go into it.
    private(set) var lists: [(centre: Int, count: Int)]
    /// For each centre, the list that is being filled: one that is full is followed by another.
    private var open: [Int]
    private var scores: [Float] = []

    /// - Parameters:
    ///   - capacity: the most chunks of a list.
    ///   - expected: chunks that there is room for at once.
    init(centres: ListCentres, capacity: Int = CodeList.capacity, expected: Int = 0) {
        ids.reserveCapacity(expected)
        places.reserveCapacity(expected)
        self.centres = centres
        self.capacity = capacity
        lists = (0..<centres.count).map { ($0, 0) }
        open = Array(0..<centres.count)
    }

    /// - Parameter rows: the vectors of `ids`, at most `ListCentres.batch`; the ids are larger than all before.
    mutating func add(_ ids: [Int64], _ rows: UnsafeBufferPointer<Float>) {
        for (id, centre) in zip(ids, centres.nearest(to: rows, &scores)) {
            if lists[open[centre]].count == capacity {
                open[centre] = lists.count
                lists.append((centre, 0))
            }
            lists[open[centre]].count += 1
            self.ids.append(id)
            places.append(Int32(open[centre]))
        }
    }
}

/// Puts chunks into the lists that were found for them.
struct ListFilling {
    let rotation: CodeRotation
    private(set) var lists: [CodeList]
    private let placing: ListPlacing
    private var next = 0
    private var scratch: [Float]

    init(_ placing: ListPlacing, rotation: CodeRotation) {
        self.placing = placing
        self.rotation = rotation
        let dimension = placing.centres.dimension
        scratch = [Float](repeating: 0, count: dimension)
        lists = placing.lists.map { CodeList(dimension: dimension, centre: $0.centre, capacity: $0.count) }
    }

    /// - Parameter rows: the vectors of `ids`, in the order of `ListPlacing.add`. Some may be gone since.
    mutating func add(_ ids: [Int64], _ rows: UnsafeBufferPointer<Float>) {
        let dimension = scratch.count
        placing.centres.floats.withUnsafeBufferPointer { floats in
            guard let vectors = rows.baseAddress, let centres = floats.baseAddress else { return }
            for (row, id) in ids.enumerated() {
                while next < placing.ids.count, placing.ids[next] < id { next += 1 }
                guard next < placing.ids.count, placing.ids[next] == id else { continue }
                let list = Int(placing.places[next])
                lists[list].append(
                    id, vectors + row * dimension, centre: centres + lists[list].centre * dimension, rotation,
                    scratch: &scratch)
            }
        }
    }
}
