import SQLite

extension CourseFile {
    /// The language of most documents, `pt` or `en`; nil when none says its language.
    package func language() async throws -> String? {
        try await pool.read { connection in
            try connection.row(
                """
                SELECT language FROM document WHERE language <> '' GROUP BY language ORDER BY count(*) DESC, language LIMIT 1
                """, [], { $0.text(0) })
        }
    }

    /// Titles of some documents, by path; none of `hidden`.
    package func titles(limit: Int, without hidden: Set<String> = []) async throws -> [String] {
        let found = try await pool.read {
            try $0.rows("SELECT id, title FROM document ORDER BY path LIMIT ?", [SQLValue(limit + hidden.count)]) {
                (id: $0.text(0), title: $0.text(1))
            }
        }
        return Array(found.lazy.filter { !hidden.contains($0.id) }.map(\.title).prefix(limit))
    }
}
