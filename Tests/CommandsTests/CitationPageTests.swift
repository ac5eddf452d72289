import ChatService
import Extraction
import Ingest
import LLM
import Support
import TestSupport
import Testing

@testable import Commands

/// From a document's pages to the page a citation names: extraction, chunks, course file, joined passages, answer.
@Suite(.timeLimit(.minutes(10)))
struct CitationPageTests {
    /// Says the sentence it is asked about and cites the passage that holds it.
    private struct Quoter: LanguageModel {
        let provider = "quoter"
        let model = "quoter"

        func generate(_ request: GenerationRequest) -> AsyncThrowingStream<GenerationEvent, any Error> {
            let source = request.evidence.first { $0.text.contains(request.question) }
            let usage = GenerationUsage(provider: provider, model: model, inputTokens: 1, outputTokens: 1, costUSD: 0)
            return AsyncThrowingStream { stream in
                stream.yield(.text("\(request.question) [\(source?.number ?? 1)]"))
                stream.yield(.finished(usage))
                stream.finish()
            }
        }
    }

    private static func page(_ number: Int, _ document: ExtractedDocument) -> String {
        let end = number < document.pageOffsets.count ? document.pageOffsets[number] : document.text.utf8.count
        return collapsed(document.text.utf8Substring(document.pageOffsets[number - 1]..<end))
    }

    private static func collapsed(_ text: String) -> String {
        text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
    }

    @Test(arguments: ["multi_page.pdf", "abntex2-modelo-livro.pdf"])
    func theQuoteIsOnThePageThatIsNamed(_ name: String) async throws {
        let scratch = try TestSupport.TemporaryFolder()
        let embedder = HashEmbedder()
        let folder = CourseFolder(data: scratch.path, embedder: embedder, log: .silent)
        let course = try CourseID("paginas")
        let file = try #require(try await folder.madeFile(for: course))
        let path = DocumentFixture.path(name)
        let document = try DocumentExtractor.extract(path: path)
        let report = try await Ingester(
            course: file, embedder: embedder, extraction: InThisProcess(), log: .silent
        ).ingest(paths: [path])
        #expect(report.files.count == 1)
        let answerer = Answerer(library: folder, model: Quoter(), embed: nil, linksOriginals: true, log: .silent)
        // Sentences that are one line of plain words, spread over the document.
        let sentences = SentenceSplitter.sentences(in: document.text).map(String.init).filter {
            (40...160).contains($0.count) && !$0.contains("\n") && !$0.contains("[")
        }
        #expect(sentences.count > 10)
        var (checked, laterPages) = (0, 0)
        for sentence in stride(from: 0, to: sentences.count, by: max(sentences.count / 30, 1)).map({ sentences[$0] }) {
            let answer = try await answerer.answer(Question(text: sentence, course: course)) { _ in }
            for citation in answer.citations {
                let page = try #require(citation.page)
                #expect(citation.url?.hasSuffix("#page=\(page)") == true)
                // The quote's beginning: it may end on the next page.
                let beginning = Self.collapsed(String(citation.quote.prefix(30)))
                #expect(Self.page(page, document).contains(beginning), "\(citation.quote) is not on page \(page)")
                checked += 1
                let first = try #require(document.text.range(of: citation.passage.prefix(30)))
                let start = document.text.utf8.distance(from: document.text.startIndex, to: first.lowerBound)
                if let passage = document.pages(of: start..<(start + 1)), page > passage.lowerBound { laterPages += 1 }
            }
        }
        #expect(checked >= 10)
        #expect(laterPages > 0, "no quote is behind its passage's first page: this says nothing")
    }
}
