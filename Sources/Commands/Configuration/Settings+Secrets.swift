import AWS
import Support

extension Settings {
    /// The settings, with what the parameter store has of them fetched first.
    static func load(
        _ arguments: Arguments, _ context: Context
    ) async throws -> (configuration: Configuration, secrets: Secrets?, log: Log) {
        let configuration = try Configuration(arguments, context)
        let log = Log(level: configuration.logLevel, service: configuration.serviceName)
        guard let path = configuration.secretsPath else { return (configuration, nil, log) }
        let clients = CloudClients(context.environment, log: log)
        let secrets = try Secrets(try clients.client(.ssm), path: path, log: log) { names in
            let others = names.filter { !$0.hasSuffix("_API_KEY") }
            guard !others.isEmpty else { return }
            log.warning(
                "secrets have changed that are read at the start only: restart this process to use them",
                ["names": others.sorted().joined(separator: " ")])
        }
        try await secrets.load()
        return (try Configuration(arguments, context, secrets: secrets), secrets, log)
    }

    /// The same, for a verb that does its work and ends.
    static func loaded(_ arguments: Arguments, _ context: Context) async throws -> Configuration {
        try await load(arguments, context).configuration
    }
}
