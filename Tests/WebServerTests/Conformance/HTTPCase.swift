import Foundation

/// One line of Tests/Fixtures/conformance/http.json: bytes to a server and what must come back.
///
/// In that table each character of a text is one byte (ISO 8859-1). `docs/conformance.md` says how to read it.
struct HTTPCase: Sendable, CustomStringConvertible {
    struct Step: Sendable {
        let send: [UInt8]
        let answers: [Answer]
    }

    /// What must become of the connection.
    enum Fate: String, Sendable, Decodable {
        /// Another request is answered on it.
        case open
        /// The server ends it, and says so in the last answer.
        case close
        case any
    }

    let name: String
    let rfc: String
    let steps: [Step]
    let then: Fate
    /// Whether the client shuts its direction after the last step.
    let finish: Bool

    var description: String { "\(name) (RFC \(rfc))" }

    /// The whole table, in its order.
    static func table() throws -> [HTTPCase] {
        let file = URL(filePath: #filePath).deletingLastPathComponent()
            .appending(path: "../../Fixtures/conformance/http.json").standardized
        return try JSONDecoder().decode([Line].self, from: Data(contentsOf: file)).compactMap(\.httpCase)
    }
}

/// What the client must get.
struct Answer: Sendable {
    /// One of these.
    var status: [Int]
    /// nil for any.
    var body: [UInt8]?
    var headers: [String: String] = [:]
    /// Fields that must be there, whatever their value.
    var has: [String] = []
    /// Fields that must not be there.
    var absent: [String] = []
    /// The answer to HEAD.
    var head = false
    /// It may be left out.
    var isOptional = false

    init(_ text: String) {
        let parts = text.split(separator: " ", maxSplits: 1)
        let code = parts.first ?? ""
        isOptional = code.hasSuffix("?")
        status = [Int(code.prefix(3)) ?? 0]
        body = parts.count > 1 ? parts[1].bytes : nil
    }
}

extension StringProtocol {
    /// One byte a character of ISO 8859-1.
    fileprivate var bytes: [UInt8] { unicodeScalars.map { UInt8(truncatingIfNeeded: $0.value) } }
}

/// A text, perhaps said many times.
private struct Piece: Decodable {
    let texts: [String]

    init(from decoder: any Decoder) throws {
        if let text = try? decoder.singleValueContainer().decode(String.self) {
            texts = [text]
            return
        }
        let container = try decoder.container(keyedBy: Key.self)
        if let text = try container.decodeIfPresent(String.self, forKey: .repeat) {
            texts = [String](repeating: text, count: try container.decode(Int.self, forKey: .times))
        } else {
            let text = try container.decode(String.self, forKey: .of)
            texts = try (1...container.decode(Int.self, forKey: .count)).map {
                text.replacingOccurrences(of: "#", with: "\($0)")
            }
        }
    }

    private enum Key: String, CodingKey { case `repeat`, times, count, of }
}

private struct Answers: Decodable {
    let answers: [Answer]

    init(from decoder: any Decoder) throws {
        if let text = try? decoder.singleValueContainer().decode(String.self) {
            answers = [Answer(text)]
            return
        }
        let container = try decoder.container(keyedBy: Key.self)
        guard container.contains(.status) else {
            answers = try Piece(from: decoder).texts.map(Answer.init)
            return
        }
        let one = (try? container.decode(Int.self, forKey: .status)).map { [$0] }
        var answer = Answer("")
        answer.status = try one ?? container.decode([Int].self, forKey: .status)
        answer.body = try container.decodeIfPresent(String.self, forKey: .body)?.bytes
        answer.headers = try container.decodeIfPresent([String: String].self, forKey: .headers) ?? [:]
        answer.has = try container.decodeIfPresent([String].self, forKey: .has) ?? []
        answer.absent = try container.decodeIfPresent([String].self, forKey: .absent) ?? []
        answer.head = try container.decodeIfPresent(Bool.self, forKey: .head) ?? false
        answers = [answer]
    }

    private enum Key: String, CodingKey { case status, body, headers, has, absent, head }
}

private struct Line: Decodable {
    let httpCase: HTTPCase?

    init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: Key.self)
        guard let name = try container.decodeIfPresent(String.self, forKey: .name) else {
            // The title of a section.
            _ = try container.decode(String.self, forKey: .section)
            httpCase = nil
            return
        }
        let steps = try container.decodeIfPresent([StepLine].self, forKey: .steps) ?? [StepLine(from: decoder)]
        httpCase = HTTPCase(
            name: name, rfc: try container.decode(String.self, forKey: .rfc), steps: steps.map(\.step),
            then: try container.decode(HTTPCase.Fate.self, forKey: .then),
            finish: try container.decodeIfPresent(Bool.self, forKey: .finish) ?? false)
    }

    private enum Key: String, CodingKey { case section, name, rfc, steps, then, finish }
}

private struct StepLine: Decodable {
    let step: HTTPCase.Step

    init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: Key.self)
        let pieces =
            try (try? container.decode([Piece].self, forKey: .send)) ?? [
                container.decode(Piece.self, forKey: .send)
            ]
        step = HTTPCase.Step(
            send: pieces.flatMap { $0.texts.flatMap(\.bytes) },
            answers: try container.decode([Answers].self, forKey: .answers).flatMap(\.answers))
    }

    private enum Key: String, CodingKey { case send, answers }
}
