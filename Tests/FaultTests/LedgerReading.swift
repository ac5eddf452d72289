import ChatService
import SQLite

@testable import ChatAdapters

extension Chronicle.Word {
    /// nil for what is no word about a question.
    init?(_ event: ChatEvent) {
        switch event {
        case .status(let status): self = .status(status.state.rawValue, attempt: status.attempt)
        case .messageDelta(let delta):
            self = .delta(attempt: delta.attempt, stream: delta.stream, index: delta.index, delta.content)
        case .messageCompleted(let completed): self = .completed(completed.answer.content)
        case .error(let failed): self = .failed(code: failed.code.rawValue)
        case .connected, .documentStatus: return nil
        }
    }
}

extension ServerProcess {
    /// What is on disk, as SQL says it.
    func ledger() async throws -> Chronicle.Ledger {
        try await store.database.read { connection in
            var ledger = Chronicle.Ledger()
            ledger.jobs = try connection.rows(
                """
                SELECT job.id, coalesce(message.content, ''), job.session_id, job.conversation_id, job.state, job.terminal,
                    job.published_seq, (SELECT count(*) FROM dead_letter WHERE dead_letter.job_id = job.id)
                FROM job LEFT JOIN message ON message.id = job.message_id ORDER BY job.number
                """
            ) { row in
                Chronicle.JobRow(
                    job: row.text(0), tag: Tag.all(in: row.text(1)).last ?? row.text(1), session: row.text(2),
                    conversation: row.text(3), state: row.text(4),
                    terminal: try row.optionalText(5).flatMap {
                        Chronicle.Word(try JSONText.decode(ChatEvent.self, from: $0))
                    }, isPublished: !row.isNull(6), deadLetters: row.int(7))
            }
            ledger.answers = try connection.rows(
                "SELECT job_id, conversation_id, content FROM message WHERE role = 'assistant' ORDER BY ordinal"
            ) { Chronicle.AnswerRow(job: $0.text(0), conversation: $0.text(1), content: $0.text(2)) }
            ledger.events = try connection.rows(
                "SELECT session_id, seq, job_id, frame FROM event ORDER BY session_id, seq"
            ) { row in
                let frame = try JSONText.decode(EventFrame.self, from: row.text(3))
                return Chronicle.Word(frame.event).map {
                    Chronicle.EventRow(session: row.text(0), seq: row.int64(1), job: row.text(2), word: $0)
                }
            }.compactMap { $0 }
            return ledger
        }
    }
}
