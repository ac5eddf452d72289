import Retrieval
import Support

/// Groups the questions of a course that went badly into topics, and remembers the groups until other questions come.
///
/// What is grouped are the newest `mostGaps` of the last `span`, whatever part of them is then looked at, so that a topic
/// is the same in a week's digest and in a month's view.
package final class TopicBoard: Sendable {
    /// The vectors of texts, of unit length, one after another.
    package typealias Embed = @Sendable ([String]) async throws -> [Float]

    package static let span = Duration.seconds(90 * 24 * 3600)
    package static let mostGaps = 2_000
    /// Courses whose groups are kept in memory: each is at most `mostGaps` vectors.
    private static let mostCourses = 8
    /// Texts that are embedded at once: what is done is kept when the request that asked ends before the rest.
    private static let batch = 100
    /// Words of topics that are looked up in the material at once, at most; the others count as not being there.
    private static let mostLookups = 400

    /// What was made of a course's gaps.
    private struct Board {
        let gaps: [Gap]
        let groups: [TopicGroup]
        /// See `TopicGrouping.students`.
        let students: [String: Set<Int>]
        /// Of the terms that few used those that the material holds.
        let material: Set<String>
        var lastUse: Int

        /// The terms that may be shown whoever asked: enough others used them, or they are the course's own.
        func isCommon(_ term: String, to reader: Int?) -> Bool {
            if material.contains(term) { return true }
            let others = students[term]?.count { $0 != reader } ?? 0
            return others >= Topic.fewestStudents
        }
    }

    private struct State {
        var boards: [CourseID: Board] = [:]
        /// Of the gaps of those courses, by `Gap.id`; also while a board is made.
        var vectors: [CourseID: [String: [Float]]] = [:]
        var uses = 0
    }

    private let insights: any Insights
    private let library: any CourseLibrary
    private let embed: Embed
    private let time: any TimeSource
    private let state = Locked(State())
    /// One grouping at a time: it takes a core for as long as it lasts.
    private let turnstile = Turnstile()
    private let queue = BlockingQueue(label: "topics")

    package init(
        insights: any Insights, library: any CourseLibrary, embed: @escaping Embed, time: any TimeSource = SystemTime()
    ) {
        self.insights = insights
        self.library = library
        self.embed = embed
        self.time = time
    }

    /// The topics of the questions asked in `window`, those with the most questions first, then the latest.
    /// - Parameter reader: who may see their own questions.
    package func topics(
        of course: CourseID, in window: Range<Timestamp>, reader: UserID?
    ) async throws -> [Topic] {
        let board = try await board(course, reader)
        let answers = try await insights.topicAnswers(in: course)
        let own = board.gaps.first(where: \.isReaders)?.student
        let topics = board.groups.compactMap { group in
            group.topic(in: window, answer: answers[group.id]) { board.isCommon($0, to: own) }
        }
        let sorted = topics.sorted { left, right in
            (right.questions, right.lastAskedAt, left.id) < (left.questions, left.lastAskedAt, right.id)
        }
        return Array(sorted.prefix(Topic.most))
    }

    /// Whether there is such a topic.
    package func has(_ topic: String, in course: CourseID) async throws -> Bool {
        if try await insights.topicAnswers(in: course)[topic] != nil { return true }
        return try await board(course, nil).groups.contains { $0.id == topic }
    }

    /// The language of most of a course's documents; English where they do not say.
    package func language(of course: CourseID) async throws -> TextLanguage {
        try await library.retriever(for: course)?.course.language().flatMap(TextLanguage.init(code:)) ?? .english
    }

    private func board(_ course: CourseID, _ reader: UserID?) async throws -> Board {
        let gaps = try await gaps(course, reader)
        if let known = remembered(course, gaps) { return known }
        return try await turnstile.pass {
            // Another one may have made it meanwhile, and the ids of its topics stand in the store.
            let gaps = try await self.gaps(course, reader)
            if let known = self.remembered(course, gaps) { return known }
            let board = try await self.make(course, gaps)
            self.state.withLock { state in
                state.uses += 1
                state.boards[course] = board
                state.boards[course]?.lastUse = state.uses
                if state.boards.count > Self.mostCourses,
                    let oldest = state.boards.min(by: { $0.value.lastUse < $1.value.lastUse })
                {
                    state.boards[oldest.key] = nil
                    state.vectors[oldest.key] = nil
                }
            }
            return board
        }
    }

    private func gaps(_ course: CourseID, _ reader: UserID?) async throws -> [Gap] {
        try await insights.gaps(in: course, since: time.now + (.zero - Self.span), limit: Self.mostGaps, reader: reader)
    }

    /// The groups, when the questions are the same as they were; what else is known of them is taken from `gaps`.
    private func remembered(_ course: CourseID, _ gaps: [Gap]) -> Board? {
        let known = state.withLock { state -> Board? in
            guard let board = state.boards[course], board.gaps.count == gaps.count,
                zip(board.gaps, gaps).allSatisfy({ $0.id == $1.id })
            else { return nil }
            state.uses += 1
            state.boards[course]?.lastUse = state.uses
            return board
        }
        guard let known else { return nil }
        guard known.gaps != gaps else { return known }
        let byID = Dictionary(gaps.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
        let groups = known.groups.map { group in
            TopicGroup(id: group.id, gaps: group.gaps.map { byID[$0.id] ?? $0 }, words: group.words)
        }
        return Board(
            gaps: gaps, groups: groups, students: known.students, material: known.material, lastUse: known.lastUse)
    }

    private func make(_ course: CourseID, _ gaps: [Gap]) async throws -> Board {
        let retriever = try await library.retriever(for: course)
        let language = try await retriever?.course.language().flatMap(TextLanguage.init(code:))
        let vectors = try await vectors(of: gaps, course)
        let grouping = try await queue.run { TopicGrouping(gaps, vectors: vectors, language: language) }
        let ids = TopicKeeping.ids(groups: grouping.numbers, former: gaps.map(\.topic)) {
            RandomIdentifier.make(at: self.time.now)
        }
        let groups = grouping.groups(gaps, ids: ids)
        var changed: [String: String] = [:]
        for group in groups {
            for gap in group.gaps where gap.topic != group.id { changed[gap.id] = group.id }
        }
        if !changed.isEmpty { try await insights.setTopics(changed, in: course) }
        var held: Set<String> = []
        if let retriever {
            held = try await material(of: retriever, holds: grouping.rareWords.prefix(Self.mostLookups))
        }
        return Board(gaps: gaps, groups: groups, students: grouping.students, material: held, lastUse: 0)
    }

    /// The vectors of the questions, those that are not known reckoned anew.
    private func vectors(of gaps: [Gap], _ course: CourseID) async throws -> [[Float]] {
        let known = state.withLock { $0.vectors[course] } ?? [:]
        // What has left the window, or was deleted, is forgotten.
        var found = Dictionary(gaps.map { ($0.id, known[$0.id]) }, uniquingKeysWith: { first, _ in first })
            .compactMapValues { $0 }
        keep(found, course)
        var missing = gaps.filter { found[$0.id] == nil }[...]
        while !missing.isEmpty {
            let batch = missing.prefix(Self.batch)
            missing = missing.dropFirst(batch.count)
            let flat = try await embed(batch.map { StudentMask.masked($0.question) })
            let dimension = flat.count / batch.count
            for (index, gap) in batch.enumerated() {
                found[gap.id] = Array(flat[index * dimension..<(index + 1) * dimension])
            }
            keep(found, course)
        }
        return gaps.map { found[$0.id] ?? [] }
    }

    private func keep(_ vectors: [String: [Float]], _ course: CourseID) {
        state.withLock { state in
            state.vectors[course] = vectors
            guard state.vectors.count > Self.mostCourses else { return }
            // One whose board was never made.
            let stray = state.vectors.keys.first { $0 != course && state.boards[$0] == nil }
            if let stray { state.vectors[stray] = nil }
        }
    }

    /// The terms of those words that the course's material holds.
    private func material(
        of retriever: Retriever, holds words: some Collection<TopicNaming.Word>
    ) async throws -> Set<String> {
        var terms: Set<String> = []
        // Twenty at a time: the search takes so many.
        var rest = Array(words)[...]
        while !rest.isEmpty {
            let batch = rest.prefix(20)
            rest = rest.dropFirst(batch.count)
            let asked = batch.map(\.written).joined(separator: " ")
            let held = Set(
                try await retriever.course.occurrences(asked, in: [], limit: 40).filter { $0.frequency > 0 }.map(\.term)
            )
            for word in batch where held.contains(word.written) { terms.insert(word.term) }
        }
        return terms
    }
}
