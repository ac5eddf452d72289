import Testing

@testable import ChatService

/// What may tell who asked is taken out of a question, and nothing that it is about.
@Suite struct StudentMaskTests {
    @Test(arguments: [
        ("Sou a Ana, ana.souza@uni.br, como funciona a pilha?", "Sou a •••, •••, como funciona a pilha?"),
        ("Meu nome é joão silva e não entendo recursão", "Meu nome é ••• e não entendo recursão"),
        ("Olá, meu nome é Maria de Souza. O que é um heap?", "Olá, meu nome é •••. O que é um heap?"),
        ("My name is Ada Lovelace, what is a loop?", "My name is •••, what is a loop?"),
        ("Hi, I'm Peter and I need help with graphs", "Hi, I'm ••• and I need help with graphs"),
        ("me chamo Zé", "me chamo •••"),
        ("Matrícula 2026123456: quando é a prova?", "Matrícula •••: quando é a prova?"),
        ("CPF 123.456.789-00, posso entregar depois?", "CPF •••, posso entregar depois?"),
        ("call me: +55 11 91234-5678", "call me: +55 11 •••"),
        ("pergunta para @prof.silva sobre filas", "pergunta para ••• sobre filas"),
        ("veja https://drive.example/u/ana?x=1 por favor", "veja ••• por favor"),
        ("O que é uma árvore? Obrigado, Carlos Lima", "O que é uma árvore? Obrigado, •••"),
        ("What is a heap? Thanks, Bob", "What is a heap? Thanks, •••"),
    ]) func takenOut(_ text: String, _ masked: String) {
        #expect(StudentMask.masked(text) == masked)
    }

    @Test(arguments: [
        "Como ordenar 5 3 8 1 9 2 7 com quicksort?", "O que muda de 2^10 para 1024?", "Quem é Edsger Dijkstra?",
        "I am lost in lecture 12", "Sou obrigado a usar recursão?", "Thanks for the answer about Dijkstra", "", "é",
        "Por que O(n log n) e não O(n²)?", "matrizes [[1,2],[3,4]]", "I am not sure what a heap is",
    ]) func leftAlone(_ text: String) {
        #expect(StudentMask.masked(text) == text)
    }

    @Test func maskingTwiceChangesNothing() {
        let text = "I'm Ana Souza, ana@uni.br, 11 98765-4321, thanks, Ana"
        #expect(StudentMask.masked(StudentMask.masked(text)) == StudentMask.masked(text))
    }
}
