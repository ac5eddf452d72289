import Support

/// Why a platform's course does not open: shown as a page to whoever clicked, in their language.
struct LaunchRefusal: ExplainedError, Equatable {
    enum Cause: String, CaseIterable, Sendable {
        case notConfigured = "not_configured"
        case unavailable
        case malformed, platform, registration, target
        case state, browser, storage
        case token, signature, keys, expired, audience, issuer, nonce, deployment, version, message
        case anonymous, role, context, unconnected, notStaff = "not_staff", items, course
    }

    let cause: Cause

    init(_ cause: Cause) { self.cause = cause }

    var label: String { "lti_\(cause.rawValue)" }

    /// In English, for logs.
    var description: String { text(.english) }

    var status: Int {
        switch cause {
        case .unavailable: 503
        case .malformed, .platform, .target, .state, .version, .message, .anonymous, .context, .items, .course: 400
        case .token, .signature, .expired, .audience, .issuer, .nonce: 401
        case .registration, .deployment, .browser, .storage, .role, .notStaff: 403
        case .unconnected, .notConfigured: 404
        case .keys: 502
        }
    }

    func text(_ language: PageLanguage) -> String {
        let (portuguese, english) = texts
        return language == .portuguese ? portuguese : english
    }

    private var texts: (String, String) {
        switch cause {
        case .notConfigured:
            (
                "Este servidor não está configurado para abrir dentro de outras plataformas (LTI).",
                "This server is not set up to be opened inside other platforms (LTI)."
            )
        case .unavailable:
            (
                "O servidor não consegue abrir agora. Volte ao curso e tente de novo em um minuto.",
                "The server cannot open this just now. Go back to your course and try again in a minute."
            )
        case .malformed:
            (
                "A plataforma enviou um pedido incompleto. Volte ao curso e abra a ferramenta outra vez.",
                "The platform sent an incomplete request. Go back to your course and open the tool again."
            )
        case .platform:
            (
                "A plataforma não autorizou a abertura. Entre nela de novo e abra a ferramenta outra vez.",
                "The platform did not allow this. Sign in there again and open the tool once more."
            )
        case .registration:
            (
                "Esta plataforma não está registada aqui. Peça ao administrador que a registe (gepeto lti add).",
                "This platform is not registered here. Ask the administrator to register it (gepeto lti add)."
            )
        case .deployment:
            (
                "Esta instalação da ferramenta não está registada aqui. Peça ao administrador que confira o deployment id.",
                "This deployment of the tool is not registered here. Ask the administrator to check the deployment id."
            )
        case .target:
            (
                "O endereço pedido pela plataforma não é deste servidor. Peça ao administrador que o confira.",
                "The address that the platform asked for is not one of this server. Ask the administrator to check it."
            )
        case .state:
            (
                "A abertura demorou demais ou não começou aqui. Volte ao curso e abra a ferramenta outra vez.",
                "This took too long or did not begin here. Go back to your course and open the tool again."
            )
        case .browser, .storage:
            (
                "O seu navegador não permite guardar o necessário dentro desta página. "
                    + "Abra a ferramenta numa janela nova, ou peça ao professor que a configure assim.",
                "Your browser does not let this page keep what it needs. "
                    + "Open the tool in a new window, or ask your teacher to set it up that way."
            )
        case .token, .signature, .issuer, .audience:
            (
                "A identificação enviada pela plataforma não é válida aqui. Volte ao curso e tente de novo; "
                    + "se continuar, avise o administrador.",
                "The identification that the platform sent is not valid here. Go back to your course and try again; "
                    + "tell the administrator if it stays so."
            )
        case .keys:
            (
                "As chaves da plataforma não podem ser lidas agora. Tente de novo em um minuto.",
                "The platform's keys cannot be read just now. Try again in a minute."
            )
        case .expired:
            (
                "A identificação enviada pela plataforma expirou. Volte ao curso e abra a ferramenta outra vez.",
                "The identification that the platform sent has expired. Go back to your course and open the tool again."
            )
        case .nonce:
            (
                "Esta abertura já foi usada. Volte ao curso e abra a ferramenta outra vez.",
                "This launch was used already. Go back to your course and open the tool again."
            )
        case .version, .message:
            (
                "A plataforma pediu algo que esta ferramenta não faz: ela fala LTI 1.3.",
                "The platform asked for something this tool does not do: it speaks LTI 1.3."
            )
        case .anonymous:
            (
                "A plataforma não disse quem você é. O administrador deve permitir o envio da identificação.",
                "The platform did not say who you are. Its administrator must let it send the user's id."
            )
        case .role:
            (
                "O seu papel neste curso não abre a ferramenta: ela é para estudantes e professores.",
                "Your role in this course does not open the tool: it is for students and staff."
            )
        case .context:
            (
                "Abra a ferramenta dentro de um curso.", "Open the tool inside a course."
            )
        case .unconnected:
            (
                "Este curso ainda não está ligado à ferramenta. Um professor precisa abri-la primeiro.",
                "This course is not connected to the tool yet. Somebody of the staff must open it first."
            )
        case .notStaff:
            ("Só professores do curso podem fazer isto.", "Only the staff of the course may do this.")
        case .items:
            (
                "A plataforma não aceita ligações desta ferramenta neste lugar.",
                "The platform does not take links of this tool in this place."
            )
        case .course:
            (
                "Este curso não pode ser escolhido. Volte e escolha outro, ou faça um novo.",
                "This course cannot be chosen. Go back and choose another, or make a new one."
            )
        }
    }
}

/// The languages of the pages.
enum PageLanguage: String, Sendable {
    case portuguese = "pt"
    case english = "en"

    /// - Parameters: a locale such as `pt_BR`, or what a browser prefers (`Accept-Language`): its first language decides.
    init(locale: String?, accepted: String?) {
        let first = locale ?? accepted?.split(separator: ",").first.map(String.init) ?? ""
        self = first.lowercased().hasPrefix("pt") ? .portuguese : .english
    }
}
