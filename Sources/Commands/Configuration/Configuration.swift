import AWS
import LLM
import Support

/// The environment, read and checked once, with the command line's own choices laid over it.
struct Configuration: Sendable {
    private let values: [String: String]
    let environment: [String: String]
    /// Values that are fetched again and again; nil where all are the environment's.
    private let parameterStore: Secrets?

    /// - Parameters:
    ///   - overrides: what the command line says, by the same names.
    ///   - secrets: whose values have been fetched; they count where the environment says nothing.
    /// - Throws: `CommandFailure` naming an unknown `GEPETO_*` variable or a bad value.
    init(environment: [String: String], overrides: [String: String?] = [:], secrets: Secrets? = nil) throws {
        // What is set for this process alone comes first.
        let environment = environment.merging(secrets?.values ?? [:]) { own, _ in own }
        parameterStore = secrets
        var values: [String: String] = [:]
        for (name, value) in environment.sorted(by: { $0.key < $1.key }) where name.hasPrefix("GEPETO_") {
            guard let setting = Settings.all.first(where: { $0.name == name }) else {
                let hint = Arguments.suggestion(
                    for: name, among: Settings.all.map(\.name), else: "'gepeto serve --help' lists all.")
                throw CommandFailure("unknown_setting", "there is no setting \(name). \(hint)")
            }
            if let fault = setting.fault(value) { throw CommandFailure("bad_setting", "\(name) \(fault).") }
            values[name] = value
        }
        for (name, value) in overrides {
            guard let value, let setting = Settings.all.first(where: { $0.name == name }) else { continue }
            if let fault = setting.fault(value) { throw CommandFailure("bad_setting", "\(name) \(fault).") }
            values[name] = value
        }
        self.values = values
        self.environment = environment
    }

    /// The text of a setting; its default where it is not set; nil where there is none.
    func text(_ name: String) -> String? {
        if let value = values[name] { return value }
        let standard = Settings.all.first { $0.name == name }?.standard ?? ""
        return standard.isEmpty ? nil : standard
    }

    /// The number of an integer setting; checked when the environment was read.
    func integer(_ name: String) -> Int { text(name).flatMap { Int($0) } ?? 0 }

    func duration(_ name: String) -> Duration { .seconds(number(name)) }

    func number(_ name: String) -> Double { text(name).flatMap { Double($0) } ?? 0 }

    var data: String { text("GEPETO_DATA") ?? "./data" }
    var host: String { text("GEPETO_HOST") ?? "127.0.0.1" }
    var logLevel: Log.Level { text("GEPETO_LOG_LEVEL").flatMap(Log.Level.init(name:)) ?? .info }

    /// A provider's variable, `GROQ_API_KEY` for example; nil when empty or not set.
    func provider(_ name: String, _ suffix: String) -> String? {
        let value = environment["\(name.uppercased())_\(suffix)"] ?? ""
        return value.isEmpty ? nil : value
    }

    /// A provider's key, as it is at the moment of each call; nil when there is none.
    func apiKey(of provider: String) -> APIKey? {
        guard let key = self.provider(provider, "API_KEY") else { return nil }
        let name = "\(provider.uppercased())_API_KEY"
        guard let parameterStore, parameterStore.values[name] == key else { return APIKey(key) }
        return APIKey { parameterStore.values[name] ?? key }
    }

    /// Providers in the order in which they are tried.
    func providers() throws -> [String] {
        let known = ["groq", "openai", "anthropic", "ollama", "extractive"]
        guard let list = text("GEPETO_LLM") else {
            return ["groq", "openai", "anthropic"].filter { provider($0, "API_KEY") != nil } + ["extractive"]
        }
        let names = list.split(separator: ",").map { String($0.filter { !$0.isWhitespace }) }
        if let stranger = names.first(where: { !known.contains($0) }) {
            throw CommandFailure(
                "bad_setting", "GEPETO_LLM names '\(stranger)'; the providers are \(known.joined(separator: ", ")).")
        }
        guard !names.isEmpty, Set(names).count == names.count else {
            throw CommandFailure(
                "bad_setting", "GEPETO_LLM must name each provider once, for example 'groq,extractive'.")
        }
        for name in ["groq", "openai", "anthropic"] where names.contains(name) && provider(name, "API_KEY") == nil {
            throw CommandFailure(
                "missing_key", "GEPETO_LLM names '\(name)', but \(name.uppercased())_API_KEY is not set.")
        }
        return names
    }

    /// The sites that may show the widget.
    var embedOrigins: [String] { (text("GEPETO_EMBED_ORIGINS") ?? "").split(separator: ",").map { $0.trimmed } }

    var isLoopback: Bool { host == "localhost" || host == "::1" || host.hasPrefix("127.") }

    /// `open` trusts whoever can connect, so only this machine may.
    func checkAuthentication() throws {
        guard text("GEPETO_AUTH") == "open" else {
            let secret = text("GEPETO_JWT_SECRET")
            guard secret.map({ $0.utf8.count >= 32 }) ?? (text("GEPETO_JWKS_URL") != nil) else {
                throw CommandFailure(
                    "bad_setting",
                    "GEPETO_AUTH=jwt needs GEPETO_JWT_SECRET with at least 32 bytes, or GEPETO_JWKS_URL.")
            }
            for name in ["GEPETO_JWT_ISSUER", "GEPETO_JWT_AUDIENCE"] where text(name) == nil {
                throw CommandFailure("bad_setting", "GEPETO_AUTH=jwt needs \(name): what a token's claim must say.")
            }
            if secret != nil { _ = try secrets() }
            guard isLoopback || text("GEPETO_PUBLIC_URL") != nil else {
                throw CommandFailure(
                    "bad_setting",
                    "Beyond loopback GEPETO_PUBLIC_URL is needed: the origin clients use, https://tutor.example.org.")
            }
            return
        }
        guard isLoopback else {
            throw CommandFailure(
                "open_beyond_loopback",
                "GEPETO_AUTH=open lets anyone in, so it listens on loopback addresses only, not on '\(host)'. "
                    + "Set GEPETO_AUTH=jwt with GEPETO_JWT_SECRET, _ISSUER, _AUDIENCE and GEPETO_PUBLIC_URL, or "
                    + "GEPETO_HOST=127.0.0.1.")
        }
    }
}
