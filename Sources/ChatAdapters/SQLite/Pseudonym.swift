import ChatService
import SQLite
import Support

/// What stands in the place of an erased person where questions are counted: a budget that came back by erasing oneself
/// would be none. Who the person was cannot be told by it; whether a name that is at hand is theirs can, by whoever has the
/// file, until the count is past its time (`UsageTable.age`).
enum Pseudonym {
    /// HMAC-SHA-256 of the name with the store's own salt, 128 bits of it.
    static func of(_ user: UserID, _ connection: Connection) throws -> String {
        let salt = try connection.row("SELECT salt FROM pseudonym_salt") { $0.text(0) } ?? ""
        return "(erased) "
            + HMAC.sha256(Array(user.name.utf8), key: Array(salt.utf8)).prefix(16).hexadecimal
    }
}

extension ChatSchema {
    /// The salt is this store's alone, so that a pseudonym is good nowhere else.
    static let pseudonyms = Migration(
        9,
        """
        CREATE TABLE pseudonym_salt (id INTEGER PRIMARY KEY CHECK (id = 1), salt TEXT NOT NULL);
        INSERT INTO pseudonym_salt VALUES (1, hex(randomblob(32)));
        """)
}
