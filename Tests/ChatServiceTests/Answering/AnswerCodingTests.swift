import FoundationEssentials
import Testing

@testable import ChatService

/// What is stored and sent of an answer.
@Suite struct AnswerCodingTests {
    private static let metadata = """
        {"model": "m", "provider": "p", "tokens": 3, "tokensInput": 1, "tokensOutput": 2, "latencyMs": 5,
         "timeToFirstTokenMs": 4, "degraded": false}
        """

    private func citation(_ more: String) -> String {
        """
        {"marker": 2, "documentId": "d", "title": "T", "quote": "q", "score": 0.5, "passage": "q p", "page": 3 \(more)}
        """
    }

    private func answer(_ citation: String, _ more: String = "") throws -> Answer {
        let json = """
            {"content": "q [2].", "citations": [\(citation)], "grounded": true, "metadata": \(Self.metadata) \(more)}
            """
        return try JSONDecoder().decode(Answer.self, from: Data(json.utf8))
    }

    @Test func answersOfBeforeThereWereVerdictsAreRead() throws {
        let old = try answer(citation(", \"supported\": true"))
        #expect(old.claims.isEmpty && old.citations.first?.verdict == .supported)
        #expect(try answer(citation(", \"supported\": false")).citations.first?.verdict == .unsupported)
    }

    @Test func supportedStaysBesideTheVerdict() throws {
        for verdict in [ClaimVerdict.supported, .partly, .unsupported] {
            let claims = ", \"claims\": [{\"start\": 0, \"end\": 6, \"verdict\": \"\(verdict)\"}]"
            let read = try answer(citation(", \"supported\": true, \"verdict\": \"\(verdict)\""), claims)
            #expect(read.citations.first?.supported == (verdict == .supported))
            let again = try JSONEncoder().encode(read)
            #expect(try JSONDecoder().decode(Answer.self, from: again) == read)
            let text = String(decoding: again, as: UTF8.self)
            #expect(
                text.contains("\"supported\":\(verdict == .supported)") && text.contains("\"verdict\":\"\(verdict)\""))
            #expect(text.contains("\"claims\":[{") && read.claims == [AnswerClaim(start: 0, end: 6, verdict: verdict)])
        }
    }
}
