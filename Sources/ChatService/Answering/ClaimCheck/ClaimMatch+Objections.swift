import Support

extension ClaimMatch {
    /// What speaks against a claim, each kind once.
    /// - Parameter known: words that need not be in the passage: those of its title and its headings, and of the question.
    func objections(known: Set<Int32>) -> Set<ClaimObjection> {
        var found: Set<ClaimObjection> = []
        let tokens = claim.tokens
        for index in tokens.indices {
            let token = tokens[index]
            if token.value != nil {
                if let objection = numberObjection(index) { found.insert(objection) }
            } else if token.isName || token.isCapital && !token.isStop {
                if let objection = nameObjection(index, known) { found.insert(objection) }
            }
            if hasOpposite(index) { found.insert(.opposite) }
        }
        if negationDiffers { found.insert(.negation) }
        return found
    }

    // MARK: numbers

    private func numberObjection(_ index: Int) -> ClaimObjection? {
        let token = claim.tokens[index]
        let all = places[index]
        guard !all.isEmpty else { return .number }
        let near = placesInWindow(index)
        let isMonth = token.value?.hasPrefix("month") == true
        let isRival = { (other: ClaimToken) in other.value.map { $0.hasPrefix("month") == isMonth } ?? false }
        let stands = replaces(index, isRival)
        if stands || near.isEmpty && rivalContext(index, among: isRival) >= Self.leastContext { return .number }
        guard let unit = token.unit else { return nil }
        let units = (near.isEmpty ? all : near).compactMap { passage.text.tokens[$0].unit }
        if units.contains(unit) { return nil }
        return units.isEmpty && hasUnitNearby(index) ? nil : .unit
    }

    /// Whether the word after a number of the claim is in the window, if not right after the number.
    private func hasUnitNearby(_ index: Int) -> Bool {
        guard claim.tokens.indices.contains(index + 1) else { return true }
        return isInWindow(index + 1) || claim.tokens[index + 1].value != nil
    }

    // MARK: what stands in another's place

    /// Whether a token of the claim stands just where the window has something of its kind that the claim does not have:
    /// what stands left and right of both is the same, and it stands so nowhere in the window.
    private func replaces(_ index: Int, _ isRival: (ClaimToken) -> Bool) -> Bool {
        let isReplaced = rivalPlaces(isRival).contains {
            context(index, $0) >= Self.leastExact && hasSameNeighbours(index, $0)
        }
        return isReplaced && !placesInWindow(index).contains { hasSameNeighbours(index, $0) }
    }

    /// The best context a token of the claim has in the place of something of its kind.
    private func rivalContext(_ index: Int, among isRival: (ClaimToken) -> Bool) -> Double {
        rivalPlaces(isRival).map { context(index, $0) }.max() ?? 0
    }

    private func rivalPlaces(_ isRival: (ClaimToken) -> Bool) -> [Int] {
        windowTokens.filter { place in
            let other = passage.text.tokens[place]
            return isRival(other) && !claim.tokens.contains { $0.value == other.value && $0.word == other.word }
        }
    }

    private func hasSameNeighbours(_ index: Int, _ place: Int) -> Bool {
        let own = Self.run(at: index, claim.tokens)
        let other = Self.run(at: place, passage.text.tokens)
        return isSameEdge(
            own.lowerBound - 1, other.lowerBound - 1, Self.opens(own, claim.tokens),
            Self.opens(other, passage.text.tokens))
            && isSameEdge(
                own.upperBound + 1, other.upperBound + 1, Self.closes(own, claim.tokens),
                Self.closes(other, passage.text.tokens))
    }

    private func isSameEdge(_ own: Int, _ other: Int, _ isOwnEnd: Bool, _ isOtherEnd: Bool) -> Bool {
        if isOwnEnd || isOtherEnd { return isOwnEnd && isOtherEnd }
        return claim.tokens[own].isSame(as: passage.text.tokens[other])
    }

    /// The name of several words that a token belongs to; a number is a run by itself.
    private static func run(at index: Int, _ tokens: [ClaimToken]) -> ClosedRange<Int> {
        var (lower, upper) = (index, index)
        guard tokens[index].value == nil else { return index...index }
        while lower > 0, !tokens[lower].followsPause {
            if tokens[lower - 1].isName {
                lower -= 1
            } else if lower > 1, joints.contains(tokens[lower - 1].text), tokens[lower - 2].isName,
                !tokens[lower - 1].followsPause
            {
                lower -= 2
            } else {
                break
            }
        }
        while upper + 1 < tokens.count, !tokens[upper + 1].followsPause {
            if tokens[upper + 1].isName {
                upper += 1
            } else if upper + 2 < tokens.count, joints.contains(tokens[upper + 1].text), tokens[upper + 2].isName,
                !tokens[upper + 2].followsPause
            {
                upper += 2
            } else {
                break
            }
        }
        return lower...upper
    }

    /// What stands between the parts of a name.
    private static let joints: Set<String> = ["of", "de", "da", "do", "dos", "das"]

    private static func opens(_ run: ClosedRange<Int>, _ tokens: [ClaimToken]) -> Bool {
        run.lowerBound == 0 || tokens[run.lowerBound].followsPause
    }

    private static func closes(_ run: ClosedRange<Int>, _ tokens: [ClaimToken]) -> Bool {
        run.upperBound + 1 >= tokens.count || tokens[run.upperBound + 1].followsPause
    }

    // MARK: names

    private func nameObjection(_ index: Int, _ known: Set<Int32>) -> ClaimObjection? {
        let token = claim.tokens[index]
        let near = placesInWindow(index)
        if replaces(index, \.isName) { return .name }
        guard near.isEmpty else { return nil }
        // A name from elsewhere in the passage, or from the question, may stand for a pronoun.
        if !places[index].isEmpty || known.contains(token.stem) || known.contains(token.word) { return nil }
        if rivalContext(index, among: \.isName) >= Self.leastContext { return .name }
        return token.isName ? .unknownName : nil
    }

    // MARK: opposites

    private func hasOpposite(_ index: Int) -> Bool {
        let token = claim.tokens[index]
        let own = Opposites.sides(of: token.text, claim.language)
        let near = placesInWindow(index)
        let same = near.map { context(index, $0) }.max() ?? 0
        var rival = 0.0
        for place in windowTokens {
            let other = passage.text.tokens[place]
            guard !other.isSame(as: token) else { continue }
            let isOpposite: Bool
            if own.isEmpty {
                isOpposite = near.isEmpty && token.isContent && Opposites.areOpposite(token.text, other.text)
            } else {
                let sides = Opposites.sides(of: other.text, passage.text.language)
                isOpposite =
                    sides.contains { side in own.contains { $0.group == side.group && $0.side != side.side } }
                    && !sides.contains { own.contains($0) }
            }
            if isOpposite { rival = max(rival, context(index, place)) }
        }
        return near.isEmpty ? rival >= Self.leastContext : rival > same + Self.margin
    }

    // MARK: negation

    private var negationDiffers: Bool {
        let others = passage.text
        // What the claim denies: the passage denies one of the same words, where it has them.
        for denial in claim.denials {
            let heads = denial.heads.filter(isInWindow)
            guard !heads.isEmpty else {
                // What is denied is not there: neither is the denial, when no sentence of the window denies anything.
                if !others.denials.contains(where: { windowTokens.contains($0.cue) }) { return true }
                continue
            }
            let isDenied = heads.contains { head in
                let near = placesInWindow(head)
                let best = near.map { company(head, $0) }.max() ?? 0
                return near.contains { company(head, $0) == best && others.denies($0) }
            }
            if !isDenied { return true }
        }
        // What the passage denies and the claim does not.
        for denial in others.denials where windowTokens.contains(denial.cue) {
            for place in denial.heads.prefix(2) {
                let same = claim.tokens.indices.filter { places[$0].contains(place) }
                guard let index = same.max(by: { company($0, place) < company($1, place) }) else { continue }
                let score = company(index, place)
                // The claim may speak of another place where the word stands undenied.
                let undenied = placesInWindow(index).filter { !denial.heads.contains($0) }
                let other = undenied.map { company(index, $0) }.max() ?? 0
                if score >= Self.leastCompany, other < score, !claim.denies(index) { return true }
                break
            }
        }
        return false
    }

    /// How many of the words round a token of the claim stand round a token of the passage, on whatever side.
    private func company(_ index: Int, _ place: Int) -> Double {
        let tokens = passage.text.tokens
        let near = max(0, place - Self.companyReach)...min(tokens.count - 1, place + Self.companyReach)
        var sum = 0.0
        for own in max(0, index - Self.companyReach)...min(claim.tokens.count - 1, index + Self.companyReach) {
            let token = claim.tokens[own]
            guard own != index, !token.isNegation else { continue }
            if near.contains(where: { $0 != place && token.isSame(as: tokens[$0]) }) {
                sum += token.isContent ? 1 : 0.2
            }
        }
        return sum
    }

    private static let companyReach = 6
    private static let leastCompany = 1.0
    /// How much better a rival's context must be.
    private static let margin = 0.5
    /// The context that shows that something stands in another's place; less will do where its neighbours are the same.
    private static let leastContext = 1.0
    private static let leastExact = 0.6
}
