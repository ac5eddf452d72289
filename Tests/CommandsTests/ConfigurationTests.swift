import Support
import Testing

@testable import Commands

@Suite struct ConfigurationTests {
    private func fault(_ environment: [String: String]) -> String? {
        do {
            let configuration = try Configuration(environment: environment)
            try configuration.checkAuthentication()
            _ = try configuration.providers()
            _ = try configuration.cloudPlaces()
            return nil
        } catch { return error.sentence }
    }

    @Test func withNothingSetAllRunsLocally() throws {
        let configuration = try Configuration(environment: ["PATH": "/bin"])
        #expect(configuration.data == "./data")
        #expect(configuration.host == "127.0.0.1")
        #expect(configuration.integer("GEPETO_PORT") == 8000)
        #expect(configuration.duration("GEPETO_LLM_CONNECT_TIMEOUT") == .seconds(3))
        #expect(try configuration.providers() == ["extractive"])
        #expect(fault([:]) == nil)
    }

    @Test func sitesThatMayShowTheWidget() throws {
        let two = try Configuration(
            environment: ["GEPETO_EMBED_ORIGINS": "https://moodle.example.org, http://localhost:8080"])
        #expect(two.embedOrigins == ["https://moodle.example.org", "http://localhost:8080"])
        #expect(try Configuration(environment: [:]).embedOrigins.isEmpty)
        for bad in [
            "*", "moodle.example.org", "https://a.org/path", "https://a.org; script-src *", "https://a.org,",
            "https://", "https://a.org\r\nx: y", "javascript://a",
        ] {
            #expect(throws: (any Error).self, "\(bad)") {
                try Configuration(environment: ["GEPETO_EMBED_ORIGINS": bad])
            }
        }
    }

    @Test func everyDefaultIsGoodItself() {
        for setting in Settings.all where !setting.standard.isEmpty {
            #expect(setting.fault(setting.standard) == nil, "\(setting.name)")
        }
        #expect(Set(Settings.all.map(\.name)).count == Settings.all.count)
    }

    @Test(arguments: [
        (["GEPETO_PROT": "1"], "Did you mean 'GEPETO_PORT'?"), (["GEPETO_NOTHING_LIKE_IT": "1"], "there is no setting"),
        (["GEPETO_PORT": "http"], "GEPETO_PORT takes a whole number"), (["GEPETO_PORT": "70000"], "65535"),
        (["GEPETO_QUEUE": "sqs:https://queue"], "set GEPETO_DOCUMENT_QUEUE and GEPETO_HISTORY and GEPETO_SESSIONS too"),
        (["GEPETO_QUEUE": "rabbit"], "takes 'sqlite:' or sqs:<queue URL>"),
        (["GEPETO_QUEUE": "sqs:"], "takes 'sqlite:'"),
        (["GEPETO_SESSIONS": "redis:secret"], "takes 'memory:' or redis://"),
        (["GEPETO_DOCUMENTS": "s3://b/p"], "GEPETO_HISTORY=dynamodb:<table>, by which one writer"),
        (["GEPETO_ROLE": "worker"], "needs places that processes share"), (["GEPETO_ROLE": "king"], "takes all, api"),
        (["GEPETO_LLM_TIMEOUT": "soon"], "takes seconds"), (["GEPETO_LLM": "hal"], "the providers are"),
        (["GEPETO_LLM": "groq"], "GROQ_API_KEY is not set"), (["GEPETO_LLM": "extractive,extractive"], "once"),
        (["GEPETO_HOST": "0.0.0.0"], "loopback addresses only"), (["GEPETO_AUTH": "jwt"], "at least 32 bytes"),
        (["GEPETO_AUTH": "none"], "takes open, jwt"), (["GEPETO_DATA": ""], "must not be empty"),
    ])
    func aBadSettingIsNamed(_ environment: [String: String], _ sentence: String) {
        #expect(fault(environment)?.contains(sentence) == true, "\(fault(environment) ?? "no fault")")
    }

    @Test func keysChooseTheProviders() throws {
        let environment = ["OPENAI_API_KEY": "k", "GROQ_API_KEY": "k", "ANTHROPIC_API_KEY": ""]
        #expect(try Configuration(environment: environment).providers() == ["groq", "openai", "extractive"])
        let ordered = try Configuration(environment: environment.merging(["GEPETO_LLM": "openai, groq"]) { $1 })
        #expect(try ordered.providers() == ["openai", "groq"])
    }

    @Test("Who is told of to a student is whoever a question is sent to beyond this machine")
    func strangers() throws {
        func strangers(_ environment: [String: String]) throws -> [String] {
            try Configuration(environment: environment).strangers()
        }
        #expect(try strangers([:]) == [])
        #expect(try strangers(["GEPETO_LLM": "ollama,extractive"]) == [])
        let remote = ["GEPETO_LLM": "ollama,extractive", "OLLAMA_BASE_URL": "http://gpu.example.org:11434/v1"]
        #expect(try strangers(remote) == ["ollama"])
        #expect(try strangers(["GROQ_API_KEY": "k"]) == ["groq"])
        #expect(try strangers(["GROQ_API_KEY": "k", "GROQ_BASE_URL": "http://localhost:9/v1"]) == [])
    }

    @Test func theCommandLineWins() throws {
        let configuration = try Configuration(
            environment: ["GEPETO_PORT": "1", "GEPETO_DATA": "/a"], overrides: ["GEPETO_PORT": "2", "GEPETO_DATA": nil])
        #expect(configuration.integer("GEPETO_PORT") == 2)
        #expect(configuration.data == "/a")
    }

    @Test func jwtMayListenAnywhere() {
        let secret = String(repeating: "s", count: 32)
        #expect(
            fault([
                "GEPETO_AUTH": "jwt", "GEPETO_JWT_SECRET": secret, "GEPETO_HOST": "0.0.0.0", "GEPETO_JWT_ISSUER": "i",
                "GEPETO_JWT_AUDIENCE": "a", "GEPETO_PUBLIC_URL": "https://tutor.example.org",
            ]) == nil)
    }

    @Test func theThresholdOfEvidenceIsAShare() throws {
        #expect(try Configuration(environment: [:]).grounding.threshold == nil)
        #expect(try Configuration(environment: ["GEPETO_EVIDENCE_THRESHOLD": "0.25"]).grounding.threshold == 0.25)
        for value in ["1.1", "-0.1", "half", "nan", ""] {
            #expect(fault(["GEPETO_EVIDENCE_THRESHOLD": value])?.contains("from 0 to 1") == true, "\(value)")
        }
    }

    @Test func theHelpListsEverySetting() {
        for setting in Settings.all { #expect(Settings.help.contains(setting.name)) }
    }
}
