import Testing

@testable import LLM

/// What is quoted for which question, by words alone.
@Suite struct QuoteSelectionTests {
    private struct EmbedderDown: Error {}

    private func quoted(_ question: String, _ passages: [String]) async throws -> String {
        let model = ExtractiveModel(embed: { _ in throw EmbedderDown() }, dimension: 64)
        let request = GenerationRequest(
            messages: [], question: question, language: "pt",
            evidence: passages.enumerated().map { .init(number: $0 + 1, text: $1, score: 1 - 0.05 * Double($0)) })
        let text = try await model.events(request).text
        return try #require(text.split(separator: "escrito:\n\n", maxSplits: 1).last.map(String.init))
    }

    @Test func neverMoreThanThreeSentences() async throws {
        let passage = (1...12).map { "A pilha \($0) guarda a chamada recursiva de número \($0 * 7)." }
        let text = try await quoted("pilha chamada recursiva", [passage.joined(separator: " "), passage[3]])
        #expect(text.components(separatedBy: "[").count == 4)
    }

    @Test func aListThatIsAskedForComesWhole() async throws {
        let passage = """
            O curso tem quatro instrumentos. A pilha cresce.

            Os pilares da orientação a objetos são:

            - abstração, que esconde o que não importa;
            - encapsulamento;
            - herança entre classes;
            - polimorfismo de métodos.

            Depois vêm os padrões.
            """
        let whole = """
            Os pilares da orientação a objetos são: [1]
            - abstração, que esconde o que não importa; [1]
            - encapsulamento; [1]
            - herança entre classes; [1]
            - polimorfismo de métodos. [1]
            """
        let text = try await quoted("Quais são os pilares da orientação a objetos?", [passage])
        #expect(text.contains(whole))
    }

    @Test func aRowComesWithTheHeadOfItsTable() async throws {
        let table = "Avaliação\n\nInstrumento | Peso\nProva 1 | 25 %\nProva 2 | 30 %\nTrabalho em dupla | 20 %"
        let text = try await quoted("Qual é o peso do trabalho em dupla?", [table])
        #expect(text.contains("Instrumento | Peso [1]\n"))
        #expect(text.contains("Trabalho em dupla | 20 % [1]"))
    }

    @Test func anAnswerBringsTheQuestionItAnswers() async throws {
        let passage = """
            12. A média é arredondada?
            Para uma casa decimal.

            15. Posso ver a prova corrigida?
            Sim, no horário da professora, às segundas. Leve documento com foto.
            """
        let text = try await quoted("onde vejo a prova corrigida", [passage])
        #expect(
            text.hasPrefix(
                "15. Posso ver a prova corrigida? [1] Sim, no horário da professora, às segundas. [1]"))
    }

    @Test(arguments: [
        (
            "What is a heap?", "Sorting with a heap takes O(n log n) time in every case.",
            "A heap is a binary tree in which no child is larger than its parent."
        ),
        (
            "O que é uma fila?", "Com uma fila a busca em largura visita os vértices por distância.",
            "Uma fila é uma estrutura em que o primeiro a entrar é o primeiro a sair."
        ),
        (
            "When was the library founded?", "The library was founded by a circle of merchants from the harbour.",
            "The library was founded in the spring of 1867."
        ),
        (
            "Quantos alunos a turma tem?", "A turma tem alunos de todos os cursos da faculdade.",
            "A turma tem 42 alunos de vários cursos."
        ),
        (
            "Why does the stack overflow?", "The stack does overflow in the second example of the course.",
            "The stack does overflow because there is no base case."
        ),
    ])
    func whatIsAskedForComesFirst(_ question: String, _ other: String, _ answer: String) async throws {
        let text = try await quoted(question, [other + " Nothing else is said here.\n\n" + answer])
        let (first, second) = (text.firstRange(of: answer), text.firstRange(of: other))
        #expect(first != nil)
        // Both may be quoted, and are in the order of the text then; of two passages the better one leads.
        let apart = try await quoted(question, [other, answer])
        #expect(apart.hasPrefix(answer) || second == nil)
    }

    @Test(arguments: [
        ("Who led the Normans?", AskedKind.person), ("Quem escreveu o livro?", .person),
        ("When was it founded?", .time), ("Em que ano foi criada?", .time), ("In what year did it end?", .time),
        ("How many discs are there?", .number), ("Quantas faltas posso ter?", .number),
        ("What percentage of the mark is it?", .number), ("Where is the lab?", .place),
        ("Em qual cidade fica?", .place), ("Why is it slow?", .reason), ("Por que é lenta?", .reason),
        ("Por quê?", .reason), ("How does it work?", .manner), ("Como se remove um nó?", .manner),
        ("What is a tombstone?", .definition), ("O que é recursão?", .definition),
        ("O que significa amortizado?", .definition), ("Defina grafo", .definition),
        ("What are the parts of a loop?", .list), ("Quais são as etapas?", .list),
        ("What is the capital of France?", .other), ("recursão", .other), ("", .other),
    ])
    func kindsOfQuestions(_ question: String, _ kind: AskedKind) { #expect(AskedKind(question) == kind) }

    @Test(arguments: [
        ("A heap is a tree.", ["A heap "]), ("Uma fila é uma estrutura.", ["Uma fila "]),
        ("sondagem linear (linear probing): tentar a posição", ["sondagem linear (linear probing):"]),
        ("The answer is a tombstone, a mark that stays.", ["The answer ", "answer is a tombstone,"]),
        ("Big O is not a worst case.", []), ("É isso.", []), ("Nada se define aqui sem verbo que ligue", []), ("", []),
    ])
    func whatADefinitionDefines(_ sentence: String, _ subjects: [String]) {
        #expect(Definition.subjects(of: sentence).map { String($0.text) } == subjects)
    }

    @Test(arguments: [
        ("What is a tombstone in a hash table?", "tombstone"), ("O que é busca em largura?", "busca"),
        ("Defina árvore AVL", "arvore avl"), ("", ""),
    ])
    func whatADefinitionIsAskedOf(_ question: String, _ subject: String) {
        #expect(AskedKind.subject(of: question) == subject)
    }

    @Test func aProgramWithoutFencesComesWhole() async throws {
        let program = "def hanoi(n, a, b, c):\n    if n == 0:\n        return []\n    return hanoi(n - 1, a, c, b)"
        let text = try await quoted(
            "Como é o def hanoi return?", ["As torres de pedra têm três pinos.\n\n\(program)\n\nDepois vêm outras."])
        #expect(text.contains("```\n\(program)\n```\n[1]"))
    }

    @Test func aTableThatBeginsWithoutItsHeadHasNone() async throws {
        let rows = "9 | 27 de abril | busca binária\n10 | 4 de maio | árvores\n11 | 11 de maio | heaps"
        let text = try await quoted("Em que semana vêm os heaps?", [rows])
        #expect(!text.contains("27 de abril"))
        #expect(text.contains("11 | 11 de maio | heaps [1]"))
    }
}
