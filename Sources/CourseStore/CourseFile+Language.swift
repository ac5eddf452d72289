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

    /// Titles of some documents, by path.
    package func titles(limit: Int) async throws -> [String] {
        try await pool.read {
            try $0.rows("SELECT title FROM document ORDER BY path LIMIT ?", [SQLValue(limit)]) { $0.text(0) }
        }
    }
}
