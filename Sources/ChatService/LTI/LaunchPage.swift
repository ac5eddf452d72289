import Support
import WebServer

/// The few pages of a launch. Plain forms, no third party, nothing of a visitor in an address; a page with a script has a
/// policy that allows that one only.
enum LaunchPage {
    /// Something to choose.
    struct Choice {
        let value: String
        let title: String

        init(_ value: String, _ title: String) {
            self.value = value
            self.title = title
        }
    }

    /// Why it did not work. May be shown anywhere: there is nothing on it to click.
    static func refusal(_ refusal: LaunchRefusal, _ language: PageLanguage) -> HTTPResponse {
        let title = language == .portuguese ? "Não foi possível abrir" : "This could not be opened"
        let body = """
            <h1>\(title)</h1><p role="alert">\(HTMLText.escape(refusal.text(language)))</p>\
            <p class="code">\(refusal.label) · \(refusal.status)</p>
            """
        return page(title, body, status: refusal.status, frames: nil, formAction: "'none'", language)
    }

    /// Which course of ours a platform's course is.
    static func courses(
        _ choices: [Choice], suggestion: String, ticket: String, frames: String, _ language: PageLanguage
    ) -> HTTPResponse {
        let isPortuguese = language == .portuguese
        let title = isPortuguese ? "Ligar este curso" : "Connect this course"
        let intro =
            isPortuguese
            ? "Este curso da plataforma ainda não está ligado. Escolha uma vez; estudantes entram depois sem perguntas."
            : "This course of your platform is not connected yet. Choose once; students then enter without questions."
        let make = isPortuguese ? "Criar um curso novo" : "Make a new course"
        let label = isPortuguese ? "Título" : "Title"
        var body = "<h1>\(title)</h1><p>\(intro)</p>"
        if !choices.isEmpty {
            body += """
                <form method="post" action="/api/lti/course">\(hidden("ticket", ticket))\
                <label for="course">\(isPortuguese ? "Um curso que já existe" : "A course there is")</label>\
                \(select("course", choices))<button>\(isPortuguese ? "Ligar" : "Connect")</button></form>
                """
        }
        body += """
            <form method="post" action="/api/lti/course">\(hidden("ticket", ticket))<label for="title">\(label)</label>\
            <input id="title" name="title" required maxlength="120" value="\(HTMLText.escape(suggestion))">\
            <button>\(make)</button></form>
            """
        return page(title, body, frames: frames, language)
    }

    /// What a link in the platform's course shall open.
    static func items(
        _ choices: [Choice], course: String, ticket: String, frames: String, _ language: PageLanguage
    ) -> HTTPResponse {
        let isPortuguese = language == .portuguese
        let title = isPortuguese ? "O que a ligação abre?" : "What shall the link open?"
        let whole = Choice("", (isPortuguese ? "O curso inteiro: " : "The whole course: ") + course)
        let body = """
            <h1>\(title)</h1><form method="post" action="/api/lti/link">\(hidden("ticket", ticket))\
            <label for="document">\(isPortuguese ? "Curso ou documento" : "Course or document")</label>\
            \(select("document", [whole] + choices))\
            <button>\(isPortuguese ? "Inserir" : "Insert")</button></form>
            """
        return page(title, body, frames: frames, language)
    }

    /// Sends the answer to the platform through the browser, at once or by the button.
    static func send(_ token: String, to address: String, frames: String, _ language: PageLanguage) -> HTTPResponse {
        let isPortuguese = language == .portuguese
        let title = isPortuguese ? "De volta à plataforma" : "Back to the platform"
        let body = """
            <h1>\(title)</h1><form id="send" method="post" action="\(HTMLText.escape(address))">\
            \(hidden("JWT", token))<button>\(isPortuguese ? "Continuar" : "Continue")</button></form>
            """
        // No restriction of where forms go: platforms forward them to other hosts of theirs.
        return page(
            title, body, script: "document.getElementById('send').submit()", frames: frames, formAction: nil, language)
    }

    /// Has the platform keep the binding, then goes on to its authorization endpoint.
    static func store(
        _ binding: String, _ storage: PlatformStorage, next: String, frames: String, _ language: PageLanguage
    ) -> HTTPResponse {
        struct Order: Encodable {
            let storage: PlatformStorage
            let value: String
            let next: String
        }
        let title = language == .portuguese ? "A abrir…" : "Opening…"
        let body = """
            <p>\(title)</p><p><a href="\(HTMLText.escape(next))">\(language == .portuguese ? "Continuar" : "Continue")</a></p>
            """
        return page(
            title, body, data: HTMLText.json(Order(storage: storage, value: binding, next: next)),
            script: LaunchScript.store, frames: frames, language)
    }

    /// Reads the binding from the platform's storage and sends the launch again with it.
    static func fetch(
        _ storage: PlatformStorage, token: String, state: String, frames: String, _ language: PageLanguage
    ) -> HTTPResponse {
        struct Order: Encodable { let storage: PlatformStorage }
        let title = language == .portuguese ? "A abrir…" : "Opening…"
        let body = """
            <p>\(title)</p><p id="blocked" role="alert" hidden>\
            \(HTMLText.escape(LaunchRefusal(.storage).text(language)))</p>\
            <form id="again" method="post" action="/api/lti/launch">\(hidden("id_token", token))\
            \(hidden("state", state))\(hidden("binding", ""))</form>
            """
        return page(
            title, body, data: HTMLText.json(Order(storage: storage)), script: LaunchScript.fetch, frames: frames,
            language)
    }

    /// The page that students and staff use, with the launch in it. Its own policy stands in its head.
    static func app(_ launched: Launched, in page: String?, frames: String, _ language: PageLanguage) -> HTTPResponse {
        guard let page, let head = page.firstRange(of: "<head>") else {
            let text = language == .portuguese ? "Este servidor não tem página." : "This server has no page."
            return self.page("Gepeto", "<p>\(text)</p>", frames: frames, language)
        }
        let element = "<script type=\"application/json\" id=\"gepeto-launch\">\(HTMLText.json(launched))</script>"
        let html = page[..<head.upperBound] + element + page[head.upperBound...]
        return response(String(html), status: 200, policy: "frame-ancestors \(frames)")
    }

    // MARK: -

    private static func hidden(_ name: String, _ value: String) -> String {
        "<input type=\"hidden\" name=\"\(name)\" value=\"\(HTMLText.escape(value))\">"
    }

    private static func select(_ name: String, _ choices: [Choice]) -> String {
        let options = choices.map {
            "<option value=\"\(HTMLText.escape($0.value))\">\(HTMLText.escape($0.title))</option>"
        }
        return "<select id=\"\(name)\" name=\"\(name)\">\(options.joined())</select>"
    }

    private static func page(
        _ title: String, _ body: String, status: Int = 200, data: String? = nil, script: String? = nil, frames: String?,
        formAction: String? = "'self'", _ language: PageLanguage
    ) -> HTTPResponse {
        let nonce = RandomIdentifier.make()
        var policy = "default-src 'none'; style-src 'nonce-\(nonce)'; base-uri 'none'"
        if script != nil { policy += "; script-src 'nonce-\(nonce)'" }
        if let formAction { policy += "; form-action \(formAction)" }
        if let frames { policy += "; frame-ancestors \(frames)" }
        let scripts =
            (data.map { "<script type=\"application/json\" id=\"data\">\($0)</script>" } ?? "")
            + (script.map { "<script nonce=\"\(nonce)\">\($0)</script>" } ?? "")
        let html = """
            <!doctype html><html lang="\(language.rawValue)"><head><meta charset="utf-8">\
            <meta name="viewport" content="width=device-width, initial-scale=1"><title>\(HTMLText.escape(title))</title>\
            <style nonce="\(nonce)">\(style)</style></head><body><main>\(body)</main>\(scripts)</body></html>
            """
        return response(html, status: status, policy: policy)
    }

    private static func response(_ html: String, status: Int, policy: String) -> HTTPResponse {
        var response = HTTPResponse.text(html, status: status, type: "text/html; charset=utf-8")
        response.headers["content-security-policy"] = policy
        response.headers["cache-control"] = "no-store"
        response.headers["referrer-policy"] = "no-referrer"
        response.headers["x-content-type-options"] = "nosniff"
        return response
    }

    private static let style = """
        :root{color-scheme:light dark;font:1rem/1.5 system-ui,sans-serif}main{max-width:34rem;margin:2rem auto;padding:0 1rem}\
        form{display:grid;gap:.5rem;margin:1.5rem 0}input,select,button{font:inherit;padding:.5rem}.code{opacity:.7}
        """
}
