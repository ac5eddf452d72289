import Support

/// Keeps the ids of topics while questions come and go: a group goes on with the id that most of its questions had.
enum TopicKeeping {
    /// - Parameters:
    ///   - groups: the number of each question's group, from 0.
    ///   - former: the topic that each question had; nil for new ones.
    ///   - make: makes a new id.
    /// - Returns: for each group its id, all different. Where two groups had one topic, the one with more of its questions
    ///   keeps it; where one group had two, it keeps the one with more of them.
    static func ids(groups: [Int], former: [String?], make: () -> String) -> [String] {
        struct Claim: Hashable {
            let group: Int
            let id: String
        }
        var overlaps: [Claim: Int] = [:]
        for (group, id) in zip(groups, former) {
            if let id { overlaps[Claim(group: group, id: id), default: 0] += 1 }
        }
        let claims = overlaps.sorted { left, right in
            (right.value, left.key.id, left.key.group) < (left.value, right.key.id, right.key.group)
        }
        var ids = [String?](repeating: nil, count: (groups.max() ?? -1) + 1)
        var taken: Set<String> = []
        for (claim, _) in claims where ids[claim.group] == nil && !taken.contains(claim.id) {
            ids[claim.group] = claim.id
            taken.insert(claim.id)
        }
        return ids.map { $0 ?? make() }
    }
}
