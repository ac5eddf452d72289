/// A citation in OpenAI's form: where in the text its marker stands, and where it leads.
struct CompletionAnnotation: Encodable, Sendable, Equatable {
    struct Place: Encodable, Sendable, Equatable {
        /// Characters (Unicode code points) of the text, from its beginning.
        let start: Int
        let end: Int
        let title: String
        let url: String

        private enum CodingKeys: String, CodingKey {
            case start = "start_index"
            case end = "end_index"
            case title, url
        }
    }

    private enum CodingKeys: String, CodingKey {
        case type
        case place = "url_citation"
    }

    var type = "url_citation"
    let place: Place

    /// Annotations of one answer.
    static let most = 200

    /// One for each marker in the text, in their order.
    /// - Parameters:
    ///   - base: the server's origin, before the paths of citations.
    ///   - offset: characters that stand before the text at the client.
    static func all(in answer: Answer, base: String, offset: Int = 0) -> [CompletionAnnotation] {
        let cited = Dictionary(answer.citations.map { ($0.marker, $0) }) { first, _ in first }
        var annotations: [CompletionAnnotation] = []
        var (start, number): (Int?, Int) = (nil, 0)
        for (index, scalar) in answer.content.unicodeScalars.enumerated() where annotations.count < most {
            switch scalar {
            case "[": (start, number) = (index, 0)
            case "0"..."9" where start != nil && number < 1_000: number = number * 10 + Int(scalar.value) - 48
            case "]":
                if let start, let citation = cited[number] {
                    annotations.append(
                        CompletionAnnotation(
                            place: Place(
                                start: offset + start, end: offset + index + 1, title: title(of: citation),
                                url: base + (citation.url ?? ""))))
                }
                start = nil
            default: start = nil
            }
        }
        return annotations
    }

    private static func title(of citation: Citation) -> String {
        var title = citation.title
        if let section = citation.section, section != title { title += " › " + section }
        if let page = citation.page { title += citation.pageUnit == .slide ? ", slide \(page)" : ", p. \(page)" }
        return title
    }
}
