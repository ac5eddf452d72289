import Foundation
import Support

@testable import Topics

/// Groups questions as the program does, at several thresholds, and says how long it took.
///
/// A line of JSON in, `{"vectors": [[…]], "texts": […], "language": "pt", "thresholds": […]}`, a line out:
/// `{"groups": [[…], …], "milliseconds": …}`, of the likeness and of one grouping.
@main
enum TopicHarness {
    struct Input: Decodable {
        let vectors: [[Float]]
        let texts: [String]
        let language: String
        let thresholds: [Float]
    }

    struct Output: Encodable {
        let groups: [[Int]]
        let milliseconds: Double
    }

    static func main() throws {
        while let line = readLine() {
            let input = try JSONDecoder().decode(Input.self, from: Data(line.utf8))
            let clock = ContinuousClock()
            let start = clock.now
            let texts = input.texts.map { AskedText($0, known: TextLanguage(code: input.language)) }
            let likeness = TopicLikeness.matrix(Array(input.vectors.joined()), texts: texts)
            var groups: [[Int]] = []
            var took = Duration.zero
            for threshold in input.thresholds {
                groups.append(Agglomeration.groups(likeness, count: texts.count, threshold: threshold))
                if groups.count == 1 { took = clock.now - start }
            }
            let output = Output(groups: groups, milliseconds: took.inSeconds * 1000)
            print(String(decoding: try JSONEncoder().encode(output), as: UTF8.self))
            fflush(nil)
        }
    }
}
