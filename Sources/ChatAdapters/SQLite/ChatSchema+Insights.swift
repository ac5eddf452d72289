import ChatService
import SQLite

extension ChatSchema {
    /// What students say of answers, how questions fared, and which went badly.
    static let insights = Migration(
        8,
        """
        CREATE TABLE feedback (
            message_id TEXT PRIMARY KEY REFERENCES message (id) ON DELETE CASCADE,
            course TEXT NOT NULL, asked_at INTEGER NOT NULL, -- the question's
            rating INTEGER NOT NULL CHECK (rating IN (-1, 1)), comment TEXT, rated_at INTEGER NOT NULL
        ) WITHOUT ROWID;
        CREATE INDEX feedback_by_course ON feedback (course, asked_at, rating);

        -- Questions that ended, counted by the day (UTC) on which they were accepted, by how they ended, and by the slot
        -- (AnswerTimes) of the milliseconds it took. Nobody is named, so nothing is taken out when a conversation goes.
        CREATE TABLE course_day (
            course TEXT NOT NULL, day INTEGER NOT NULL, outcome TEXT NOT NULL, slot INTEGER NOT NULL,
            questions INTEGER NOT NULL, cost REAL NOT NULL, -- US dollars
            PRIMARY KEY (course, day, outcome, slot)
        ) WITHOUT ROWID;

        -- Answers to questions that were refused, or that were rated as bad; the words stand in `message`.
        CREATE TABLE gap (
            reply_id TEXT PRIMARY KEY REFERENCES message (id) ON DELETE CASCADE, question_id TEXT NOT NULL,
            course TEXT NOT NULL, asked_at INTEGER NOT NULL, refused INTEGER NOT NULL, topic TEXT
        ) WITHOUT ROWID;
        CREATE INDEX gap_by_course ON gap (course, asked_at);

        CREATE TABLE topic_answer (
            topic TEXT PRIMARY KEY, course TEXT NOT NULL, document_id TEXT NOT NULL, name TEXT NOT NULL,
            answered_at INTEGER NOT NULL
        ) WITHOUT ROWID;
        CREATE INDEX topic_answer_by_course ON topic_answer (course);

        -- What is known of former answers; questions without one are counted from now on.
        CREATE TEMP TABLE former AS
            SELECT reply.id AS id, question.id AS question_id, conversation.course AS course,
                question.created_at AS asked_at,
                max(reply.created_at - question.created_at, 0) AS took,
                json_extract(reply.answer, '$.metadata.costUsd') AS cost,
                CASE
                    WHEN json_extract(reply.answer, '$.metadata.model') = '\(AnswerMetadata.smallTalkModel)' THEN 'aside'
                    WHEN json_extract(reply.answer, '$.metadata.degraded') THEN 'degraded'
                    WHEN json_extract(reply.answer, '$.grounded') THEN 'answered'
                    WHEN json_extract(reply.answer, '$.metadata.provider') = '\(AnswerMetadata.noModel)' THEN 'refused'
                    ELSE 'ungrounded' END AS outcome
            FROM message AS reply JOIN conversation ON conversation.id = reply.conversation_id
            JOIN message AS question ON question.conversation_id = reply.conversation_id
                AND question.job_id = reply.job_id AND question.role = 'user'
            WHERE reply.role = 'assistant' AND json_valid(reply.answer);
        INSERT INTO course_day
            SELECT course, asked_at / 86400000, outcome, \(slot(of: "took")), count(*), total(cost) FROM former
            WHERE outcome <> 'aside' GROUP BY 1, 2, 3, 4;
        INSERT OR IGNORE INTO gap SELECT id, question_id, course, asked_at, 1, NULL FROM former WHERE outcome = 'refused';
        DROP TABLE former;
        """)

    /// `AnswerTimes.slot` in SQL.
    private static func slot(of column: String) -> String {
        // Up to a day and a half; no answer takes longer.
        let cases = (5...26).map { bits in
            "WHEN \(column) < \(1 << bits) THEN \(column) >> \(bits - 5) << \(bits - 5)"
        }
        return "CASE \(cases.joined(separator: " ")) ELSE \(1 << 26) END"
    }
}
