import ChatService
import SQLite
import Support

/// What puts the line right when a file is opened that another process has left, perhaps a killed one, one with other
/// limits or an older one, or one of another boot by another clock.
extension JobLine {
    /// Alone with the file: whoever had a lease is gone. Those tries count.
    func restore() throws {
        try connection.run(
            "UPDATE job SET state = 'waiting', lease_token = NULL, due_at = ? WHERE state = 'leased'",
            [SQLValue(steady)])
        try clamp()
        try park()
        try connection.run(
            "UPDATE backlog SET open = (SELECT count(*) FROM job WHERE is_open = 1 AND job.kind = backlog.kind)")
    }

    /// Brings back what lies further ahead than it can: then the clock by which it was written was ahead of ours.
    func clamp() throws {
        for kind in JobKind.allCases {
            try connection.run(
                "UPDATE job SET deadline = ?1 WHERE is_open = 1 AND kind = ?2 AND deadline > ?1",
                [SQLValue(steady + limits.deadline(kind)), SQLValue(kind.rawValue)])
            // Without a failed try nothing has to wait.
            try connection.run(
                """
                UPDATE job SET due_at = ?1 WHERE is_open = 1 AND parked = 0 AND kind = ?3 AND due_at > ?1
                    AND state = 'waiting' AND (failures = '' OR due_at > ?2)
                """, [SQLValue(steady), SQLValue(steady + JobLimits.longestWait), SQLValue(kind.rawValue)])
        }
    }

    /// Parks anew: each user's first `activePerUser` of those that are the first of their conversation may go.
    private func park() throws {
        try connection.run(
            """
            WITH first AS (
                SELECT number, row_number() OVER (PARTITION BY user ORDER BY number) AS place FROM (
                    SELECT number, user, row_number() OVER (PARTITION BY conversation_id ORDER BY number) AS turn
                    FROM job WHERE is_open = 1 AND kind = 'question') WHERE turn = 1)
            UPDATE job SET parked = NOT parked, due_at = CASE parked WHEN 1 THEN ?2 ELSE due_at END
            WHERE is_open = 1 AND kind = 'question'
                AND parked = (number IN (SELECT number FROM first WHERE place <= ?1))
            """, [SQLValue(limits.activePerUser), SQLValue(steady)])
    }
}
