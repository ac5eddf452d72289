import AWS
import ChatService
import Support

extension CloudChatStore: QuestionRecord {
    /// Ratings are sought in the conversations that the index shows, all of them: the export reads those anyway.
    package func questions(of user: UserID, most: Int) async throws -> Questions {
        let own = try await table.first(Self.mostExported, ItemQuery(ChatKey.user(user)))
        let asked = own.compactMap(Asked.init).sorted { $0.at > $1.at }.prefix(most)
        let uploads = own.compactMap { item in
            item.key.sk.hasPrefix(ChatKey.loaded) ? String(item.key.sk.dropFirst(ChatKey.loaded.count)) : nil
        }
        return Questions(
            counted: try await counted(Array(asked)), jobs: try await jobs(asked.map(\.job) + uploads, most: most),
            ratings: try await ratings(of: user, most: most))
    }

    /// Items of one user that are read for it.
    private static let mostExported = 100_000
    private static let portion = 100

    /// A question as it stands with its user, under `ASK#course#time#job`.
    private struct Asked {
        let item: Item
        let at: Timestamp
        let course: String
        let job: String

        init?(_ item: Item) {
            let parts = item.key.sk.split(separator: "#")
            guard item.key.sk.hasPrefix(ChatKey.asked), parts.count == 4, let at = Int64(parts[2]) else { return nil }
            self.item = item
            self.at = Timestamp(milliseconds: at)
            (course, job) = (String(parts[1]), String(parts[3]))
        }

        var cost: ItemKey { ChatKey.cost(course, at, job) }
    }

    private func counted(_ asked: [Asked]) async throws -> [Questions.Counted] {
        let costs = try await table.all(asked.map(\.cost))
        return asked.map { each in
            Questions.Counted(
                course: each.course, mode: each.item.text("mode") ?? "", assignment: each.item.text("assignment"),
                askedAt: each.at.seconds, costUsd: costs[each.cost]?.double("cost") ?? 0,
                counts: each.item.flag("isCounted"))
        }
    }

    private func jobs(_ ids: [String], most: Int) async throws -> [Questions.Job] {
        let now = time.now
        let found = try await table.all(ids.map(ChatKey.job)).values.filter { !$0.isPast(now) }.map { try JobItem($0) }
        var jobs: [Questions.Job] = []
        for job in found.sorted(by: { ($0.acceptedAt, $0.id) > ($1.acceptedAt, $1.id) }).prefix(most) {
            jobs.append(
                Questions.Job(
                    jobId: job.id, kind: job.kind.rawValue, course: job.course, state: job.state.rawValue,
                    failures: job.failures, document: job.kind == .document ? job.document.name : nil,
                    given: job.givenParts > 0 ? try await self.asked(job).given : nil,
                    acceptedAt: job.acceptedAt.seconds, updatedAt: job.updatedAt.seconds))
        }
        return jobs
    }

    private func ratings(of user: UserID, most: Int) async throws -> [Questions.Rated] {
        var (ratings, cursor): ([Questions.Rated], PageCursor?) = ([], nil)
        repeat {
            let (found, next) = try await listed(of: user, after: cursor, limit: Self.portion)
            for conversation in found where ratings.count < most {
                let query = ItemQuery("CONV#\(conversation.id)", .begins(ChatKey.messages))
                for item in try await table.first(most, query, where: { $0["rating"] != nil }) {
                    let message = try MessageItem(item)
                    guard let rating = message.rating else { continue }
                    ratings.append(
                        Questions.Rated(
                            messageId: message.id, rating: rating.rawValue, comment: message.comment,
                            ratedAt: message.ratedAt?.seconds))
                }
            }
            cursor = next
        } while cursor != nil && ratings.count < most
        return ratings.sorted { ($0.ratedAt ?? 0) > ($1.ratedAt ?? 0) }.prefix(most).map { $0 }
    }
}
