/// What is wrong with what a model wrote in a mode that guides.
enum ModeFault: Sendable, Equatable {
    case tooLong
    /// It repeats a document that is never quoted.
    case copiesSolution
    /// It gives the passage instead of a step.
    case copiesPassage
    case asksNothing
    case asksMuch
    case citesNothing
    /// No question of a quiz has an answer that the passage it cites carries.
    case holdsNothing

    /// What the model is told before it tries once more.
    func request(in language: String) -> String {
        let (english, portuguese): (String, String) =
            switch self {
            case .tooLong: ("It is too long.", "Está longo demais.")
            case .copiesSolution: ("It gives the solution away.", "Entrega a solução.")
            case .copiesPassage:
                (
                    "It copies a passage instead of leading the student to it.",
                    "Copia um trecho em vez de levar o estudante até ele."
                )
            case .asksNothing: ("It does not end in a question.", "Não termina em uma pergunta.")
            case .asksMuch: ("It asks more than one question.", "Faz mais de uma pergunta.")
            case .citesNothing: ("It cites no passage.", "Não cita nenhum trecho.")
            case .holdsNothing:
                (
                    "No answer in it is carried by the passage it cites, or the lines are not as asked for.",
                    "Nenhuma resposta nela é sustentada pelo trecho citado, ou as linhas não estão como pedido."
                )
            }
        return language == "pt"
            ? "\(portuguese) Escreva de novo, exatamente como as regras pedem, e não mencione este pedido."
            : "\(english) Write it again exactly as the rules ask, and do not mention this request."
    }
}

/// What a model's words are held against.
struct ModeMaterial: Sendable {
    /// Words of a passage that a student may read anyway: so many in a row are no step but the passage.
    private static let passageRun = 14
    /// Words of a document that is never quoted, and of its shortest sentence that counts.
    private static let guardedRun = 8
    private static let guardedSentence = 4

    private let passages: VerbatimRuns
    private let guarded: VerbatimRuns

    /// - Parameters:
    ///   - passages: those of the prompt.
    ///   - guarded: of documents that are never quoted; what they share with the passages is nothing of their own.
    init(passages: [String], guarded: [String]) {
        self.passages = VerbatimRuns(of: passages, run: Self.passageRun)
        self.guarded = VerbatimRuns(
            of: guarded, run: Self.guardedRun, short: Self.guardedSentence, except: passages)
    }

    func copying(_ text: String) -> ModeFault? {
        let plain = AnswerSentence.withoutMarkers(text)
        if guarded.isCopied(in: plain) { return .copiesSolution }
        return passages.isCopied(in: plain) ? .copiesPassage : nil
    }

    /// Whether it gives away what is never quoted.
    func isGivenAway(in text: String) -> Bool { guarded.isCopied(in: AnswerSentence.withoutMarkers(text)) }
}

extension AnswerMode {
    /// What the prompt asks for in this mode.
    func instruction(in language: String) -> String {
        let isPortuguese = language == "pt"
        return switch self {
        case .answer:
            isPortuguese ? "Dê primeiro a resposta, depois a razão." : "Give the answer first, then the reason."
        case .hint: isPortuguese ? HintMode.portuguese : HintMode.english
        case .socratic: isPortuguese ? SocraticMode.portuguese : SocraticMode.english
        case .quiz: isPortuguese ? QuizMode.portuguese : QuizMode.english
        }
    }
}
