import FoundationEssentials

/// One line of a corpus in BEIR form (Thakur et al. 2021): `{"_id", "title", "text"}`.
package struct EvaluationDocument: Sendable, Equatable, Decodable {
    package let id: String
    package let title: String
    package let text: String

    private enum CodingKeys: String, CodingKey {
        case id = "_id"
        case title, text
    }

    package init(id: String, title: String, text: String) {
        self.id = id
        self.title = title
        self.text = text
    }

    package init(from decoder: any Decoder) throws {
        let fields = try decoder.container(keyedBy: CodingKeys.self)
        id = try fields.decode(String.self, forKey: .id)
        title = try fields.decodeIfPresent(String.self, forKey: .title) ?? ""
        text = try fields.decode(String.self, forKey: .text)
    }
}

/// One line of a query file in BEIR form: `{"_id", "text"}`.
struct EvaluationQuery: Sendable, Decodable {
    let id: String
    let text: String

    private enum CodingKeys: String, CodingKey {
        case id = "_id"
        case text
    }
}

/// The queries that have relevant documents, with these.
package struct JudgedSet: Sendable {
    /// The most judgements and the most queries that are held in memory.
    private static let limit = 5_000_000
    private static let batch = 1_000

    /// In the order of the query file.
    let queries: [EvaluationQuery]
    /// Relevance of documents by query; zeros and negative values are left out.
    package let relevance: [String: [String: Int]]

    /// - Throws: `EvaluationError`.
    package init(queries queryFile: String, judgements judgementFile: String) async throws {
        let relevance = try await Self.relevance(in: judgementFile)
        var queries: [EvaluationQuery] = []
        var seen: Set<String> = []
        let reader = try LineReader(file: queryFile)
        while case let lines = try await reader.next(Self.batch), !lines.isEmpty {
            for line in lines {
                let query = try Self.decode(EvaluationQuery.self, line, of: queryFile)
                guard relevance[query.id] != nil else { continue }
                guard seen.insert(query.id).inserted else {
                    throw EvaluationError.badLine(file: queryFile, line: line.number, reason: "its _id came before")
                }
                queries.append(query)
            }
        }
        guard !queries.isEmpty else {
            throw EvaluationError.nothingToMeasure(queries: queryFile, judgements: judgementFile)
        }
        self.queries = queries
        self.relevance = relevance
    }

    /// - Throws: `EvaluationError`, with the number of the line.
    package static func decode<Value: Decodable>(
        _ type: Value.Type, _ line: NumberedLine, of file: String
    ) throws -> Value {
        do {
            return try JSONDecoder().decode(type, from: Data(line.bytes))
        } catch let error as DecodingError {
            let reason =
                switch error {
                case .keyNotFound(let key, _): "it has no \"\(key.stringValue)\""
                case .typeMismatch(_, let context), .valueNotFound(_, let context):
                    context.codingPath.isEmpty
                        ? "it is no JSON object"
                        : "\"\(context.codingPath.map(\.stringValue).joined(separator: "."))\" is no string"
                default: "it is no valid JSON"
                }
            throw EvaluationError.badLine(file: file, line: line.number, reason: reason)
        }
    }

    /// Lines of query id, document id and a whole number, tab separated; the first may be a heading.
    private static func relevance(in file: String) async throws -> [String: [String: Int]] {
        var relevance: [String: [String: Int]] = [:]
        var count = 0
        let reader = try LineReader(file: file)
        while case let lines = try await reader.next(batch), !lines.isEmpty {
            for line in lines {
                let fields = line.bytes.split(separator: 0x09, omittingEmptySubsequences: false)
                    .map { String(decoding: $0, as: UTF8.self) }
                guard fields.count == 3 else {
                    throw EvaluationError.badLine(
                        file: file, line: line.number,
                        reason: "it has \(fields.count) tab-separated fields, not query-id, corpus-id, score")
                }
                guard let grade = Int(fields[2]), abs(grade) <= 1_000 else {
                    if line.number == 1 { continue }
                    throw EvaluationError.badLine(
                        file: file, line: line.number, reason: "its score is no whole number up to 1000")
                }
                if grade <= 0 { continue }
                count += 1
                guard count <= limit else {
                    throw EvaluationError.tooLarge(file: file, limit: "\(limit) judgements")
                }
                relevance[fields[0], default: [:]][fields[1]] = grade
            }
        }
        return relevance
    }
}
