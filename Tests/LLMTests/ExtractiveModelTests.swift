import Support
import Testing

@testable import LLM

@Suite struct ExtractiveModelTests {
    private struct EmbedderDown: Error {}

    /// Vectors of unit length that are near for texts with the same words: each word adds to one of 64 places.
    @Sendable private static func embed(_ texts: [String]) -> [Float] {
        texts.flatMap { text in
            var vector = [Float](repeating: 0, count: 64)
            for word in QuoteWords(text).set {
                vector[Int(word.utf8.reduce(UInt32(17)) { ($0 &* 31) &+ UInt32($1) } % 64)] += 1
            }
            let length = vector.reduce(0) { $0 + $1 * $1 }.squareRoot()
            return vector.map { length > 0 ? $0 / length : 0 }
        }
    }

    private let model = ExtractiveModel(embed: { Self.embed($0) }, dimension: 64)
    private let wordsOnly = ExtractiveModel(embed: { _ in throw EmbedderDown() }, dimension: 64)

    private static let recursion = """
        # Recursão

        Uma função recursiva é uma função que chama a si mesma. Ela precisa de um caso base, em que a recursão termina.
        Sem caso base, a pilha de chamadas cresce até estourar. O que você acha disso?
        """
    private static let lists = """
        Uma lista encadeada guarda cada elemento num nó. O prof. Silva mostra isso na Fig. 3.

        - Inserir no início custa O(1).
        - Buscar custa O(n).
        """

    private func request(_ question: String, language: String = "pt", _ evidence: [(Int, String, Double)]? = nil)
        -> GenerationRequest
    {
        let evidence = evidence ?? [(1, Self.recursion, 0.9), (2, Self.lists, 0.5)]
        return GenerationRequest(
            messages: [.init(.user, question)], question: question, language: language,
            evidence: evidence.map { .init(number: $0.0, text: $0.1, score: $0.2) })
    }

    @Test func quotesTheSentenceThatAnswers() async throws {
        let events = try await model.events(request("O que é uma função recursiva?"))
        #expect(
            events.text.hasPrefix(
                "Não redigi uma resposta; cito o material do curso, tal como está escrito:\n\n"
                    + "Uma função recursiva é uma função que chama a si mesma. [1]"))
        #expect(!events.text.contains("# Recursão"))
        #expect(events.count > 2, "it comes in pieces")
        #expect(
            events.usage
                == GenerationUsage(
                    provider: "extractive", model: "best-sentences", inputTokens: 0, outputTokens: 0, costUSD: 0))
    }

    @Test func speaksTheQuestionsLanguage() async throws {
        let text = try await model.events(request("What is a função recursiva?", language: "en")).text
        #expect(text.hasPrefix("I have not composed an answer; I quote the course material as it is written:"))
    }

    /// Every quote stands in its passage word for word, and carries that passage's number.
    @Test(arguments: [
        "O que é recursão?", "lista encadeada", "Quanto custa inserir no início?", "pilha de chamadas", "?",
    ])
    func quotesAreTrue(_ question: String) async throws {
        for model in [model, wordsOnly] {
            var quotes: [String] = []
            for event in try await model.events(request(question)).dropFirst() {
                if case .text(let piece) = event { quotes.append(piece) }
            }
            #expect(!quotes.isEmpty)
            for quote in quotes {
                let parts = try #require(quote.wholeMatch(of: /(\n\n| |\n)(?:- )?((?s).*)[ \n]\[(\d)\]/))
                let passage = parts.output.3 == "1" ? Self.recursion : Self.lists
                let plain = passage.split(whereSeparator: \.isWhitespace).joined(separator: " ")
                #expect(plain.contains(parts.output.2))
            }
        }
    }

    @Test func aSentenceThatLeansOnAnotherBringsItAlong() async throws {
        let text = try await wordsOnly.events(request("caso base em que termina")).text
        #expect(
            text.contains(
                "Uma função recursiva é uma função que chama a si mesma. [1] "
                    + "Ela precisa de um caso base, em que a recursão termina. [1]"))
    }

    @Test func aListItemBringsTheSentenceThatOpensItsList() async throws {
        let passage =
            "2.1 Partes da recursão\n\nToda função tem duas partes:\n\n- o passo\n- o caso base, sem nova chamada;"
        let text = try await wordsOnly.events(request("caso base sem chamada", [(3, passage, 1)])).text
        #expect(text.hasSuffix("\n\nToda função tem duas partes: [3]\n\n- o caso base, sem nova chamada; [3]"))
    }

    @Test func headingsWithoutTheirMarkAreNotQuoted() async throws {
        let passage = "2.2 Busca linear e busca binária\n\nA busca binária divide o vetor em duas metades."
        let text = try await wordsOnly.events(request("busca binária e linear", [(1, passage, 1)])).text
        #expect(text.hasSuffix(":\n\nA busca binária divide o vetor em duas metades. [1]"))
    }

    @Test func thePassageWithTheBestSentenceComesFirst() async throws {
        let evidence = [
            (1, "O grafo aparece também na busca em largura.", 0.9),
            (2, "Dijkstra encontra o menor caminho no grafo com pesos positivos.", 0.8),
        ]
        let text = try await wordsOnly.events(request("menor caminho grafo pesos Dijkstra busca", evidence)).text
        #expect(text.contains("escrito:\n\nDijkstra encontra"))
    }

    @Test func sameSentencesAreQuotedOnce() async throws {
        let sentence = "A recursão termina no caso base."
        let evidence = [(1, sentence, 0.9), (2, "  A recursão TERMINA no caso-base!", 0.8), (3, sentence, 0.7)]
        let text = try await model.events(request("Onde termina a recursão?", evidence)).text
        #expect(text.components(separatedBy: "[").count == 2)
        #expect(text.contains("\(sentence) [1]"))
    }

    @Test func theSameRequestGivesTheSameAnswer() async throws {
        let first = try await model.events(request("recursão e listas"))
        for _ in 0..<5 { #expect(try await model.events(request("recursão e listas")) == first) }
    }

    @Test func markersOfTheMaterialsOwnAreMadeHarmless() async throws {
        let evidence = [(4, "O algoritmo de ordenação é descrito em [1] e [2][3], com v[7] como pivô.", 1.0)]
        let text = try await model.events(request("algoritmo de ordenação", evidence)).text
        #expect(text.hasSuffix("O algoritmo de ordenação é descrito em (1) e (2)(3), com v[7] como pivô. [4]"))
    }

    @Test func codeIsQuotedWhole() async throws {
        let code = "```swift\nfunc fatorial(_ n: Int) -> Int {\n    n < 2 ? 1 : n * fatorial(n - 1)\n}\n```"
        let text = try await wordsOnly.events(request("func fatorial return Int", [(1, code, 1)])).text
        #expect(text.hasSuffix("\n\n\(code)\n[1]"))
    }

    @Test func withoutCommonWordsThereIsStillAnAnswer() async throws {
        let text = try await wordsOnly.events(request("xyzzy")).text
        #expect(text.contains("[1]"))
    }

    @Test(arguments: [[], [(1, "", 1.0)], [(1, "# Só um título", 1.0)], [(1, "\n\n---\n", 1.0)]])
    func nothingToQuote(_ evidence: [(Int, String, Double)]) async throws {
        #expect(await model.failure(request("recursão", evidence)).error?.code == .noEvidence)
    }

    @Test func theWorkIsBounded() async throws {
        let largest = Locked(0)
        let counting = ExtractiveModel(
            embed: { texts in
                largest.withLock { $0 = max($0, texts.count) }
                return Self.embed(texts)
            }, dimension: 64)
        let long = (0..<3000).map { "A frase de número \($0) fala de recursão e de pilhas \($0 % 7)." }
        let evidence = (1...40).map { number in (number, long.joined(separator: " "), 1 / Double(number)) }
        let text = try await counting.events(request("recursão pilhas", evidence)).text
        #expect(largest.withLock { $0 } == QuoteSelection.embeddedLimit + 1)
        #expect(text.count < 1600)
    }

    @Test func vectorsOfTheWrongShapeAreNotUsed() async throws {
        let broken = ExtractiveModel(embed: { _ in [1, 2, 3] }, dimension: 64)
        let question = request("O que é uma função recursiva?")
        #expect(try await broken.events(question) == wordsOnly.events(question))
    }

    @Test func cancellationReachesTheEmbedder() async throws {
        let (started, ended) = (Latch(), Latch())
        let slow = ExtractiveModel(
            embed: { texts in
                started.open()
                await Latch().wait()
                ended.open()
                throw CancellationError()
            }, dimension: 64)
        let task = Task { [self] in try await slow.events(request("recursão")) }
        await started.wait()
        task.cancel()
        await ended.wait()
    }

    @Test(arguments: [
        ("Funções", "função"), ("RECURSÕES", "recursao"), ("algoritmos", "Algoritmo"), ("queries", "query"),
        ("animais", "animal"), ("itens", "item"), ("a\u{301}rvore", "árvore"), ("classes", "classe"),
    ])
    func spellingsOfOneWord(_ one: String, _ other: String) { #expect(QuoteWords(one).set == QuoteWords(other).set) }

    @Test(arguments: [
        "Explique o que é recursão", "Defina recursão", "O que significa recursão?", "Explain what recursion means",
        "Tell me what recursion is",
    ])
    func requestsAskForTheirSubjectOnly(_ question: String) { #expect(QuoteWords(question).opening == ["recurs"]) }
}
