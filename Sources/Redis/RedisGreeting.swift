/// What is said on a new connection before any other command: who we are, which database, which server this is. A pure
/// value: it is told the replies and returns what to send next.
struct RedisGreeting {
    enum Step: Equatable {
        case send([UInt8])
        case wait
        case done
        case refused(RedisError)
    }

    private enum Question { case authenticate, select, identify, mark }

    private let address: RedisAddress
    private let marker: String?
    private var due: [Question] = []

    init(_ address: RedisAddress, marker: String?) {
        self.address = address
        self.marker = marker
    }

    mutating func begin() -> [UInt8] {
        var bytes: [UInt8] = []
        if let password = address.password {
            let user = address.user.map { [RedisCommand.Argument.text($0)] } ?? []
            bytes += RedisCommand("AUTH", user + [.text(password)], isRepeatable: true).encoded
            due.append(.authenticate)
        }
        if address.database != 0 {
            bytes += RedisCommand("SELECT", [.number(Int64(address.database))], isRepeatable: true).encoded
            due.append(.select)
        }
        // Also where nobody asks which server it is: a password that is missing shows here, not at the first question.
        bytes += RedisCommand("INFO", ["server"], isRepeatable: true).encoded
        due.append(.identify)
        return bytes
    }

    mutating func take(_ reply: RESPValue) -> Step {
        guard let question = due.first else { return .refused(RedisError(.protocolViolation, address)) }
        due.removeFirst()
        if case .error(let words) = reply { return .refused(refusal(words, of: question)) }
        switch question {
        case .authenticate, .select: return .wait
        case .identify:
            guard let text = reply.string, let run = Self.run(in: text) else {
                return .refused(RedisError(.protocolViolation, address))
            }
            guard let marker else { return .done }
            due.append(.mark)
            return .send(RedisCommand("SET", [.text(marker), .text(run)], isRepeatable: true).encoded)
        case .mark: return .done
        }
    }

    private func refusal(_ words: String, of question: Question) -> RedisError {
        let error = RedisError(refusal: words, address)
        guard error.code == .refusedCommand else { return error }
        switch question {
        case .authenticate: return RedisError(.authentication, address)
        case .select: return RedisError(.database, address)
        case .identify, .mark: return error
        }
    }

    /// The line `run_id:…` of `INFO server`.
    private static func run(in text: String) -> String? {
        for line in text.split(whereSeparator: \.isNewline) where line.hasPrefix("run_id:") {
            let run = line.dropFirst("run_id:".count)
            return run.isEmpty || run.utf8.count > 64 ? nil : String(run)
        }
        return nil
    }
}
