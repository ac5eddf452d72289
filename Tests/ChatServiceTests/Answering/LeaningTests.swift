import Testing

@testable import ChatService

@Suite struct LeaningTests {
    @Test(arguments: [
        ("Why?", Leaning.whole), ("por quê?", .whole), ("And how many?", .whole), ("explique melhor", .whole),
        ("and the second one?", .whole), ("Where exactly?", .whole), ("", .whole), ("👍", .whole),
        ("e o heapsort?", .strong), ("what about a million?", .strong), ("What is its symbol?", .strong),
        ("Em que país eles invadiram em 1169?", .strong), ("can I use numpy there?", .strong),
        ("e se a gente atrasar um dia?", .strong), ("how much memory?", .strong), ("is that stable?", .strong),
        ("Qual é o custo dela?", .strong), ("Essa prova vale quanto?", .strong),
        ("why is that called pseudo-polynomial?", .strong), ("Which of the two has a shorter path?", .strong),
        ("qual das duas acha o caminho com menos arestas?", .strong),
        ("What did the Norman kings call their language?", .slight), ("Who deployed its army?", .slight),
        ("quicksort?", .slight), ("natural reserves?", .slight),
        ("What is recursion?", .none), ("O que é uma pilha?", .none), ("Quem foi Dijkstra?", .none),
        ("How many lakes are there in the region of Warsaw?", .none),
        ("A fila está vazia quando o início passa do fim?", .none),
        ("Prove the fact that quicksort sorts any list of numbers", .none),
        ("Qual é o tempo de busca na tabela segundo a análise de Knuth?", .none),
    ])
    func messages(_ message: String, _ expected: Leaning) {
        #expect(Leaning(of: message) == expected)
    }
}
