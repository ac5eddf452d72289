/// Keeps originals for all processes, beyond the folder of one.
package protocol OriginalArchive: Sendable {
    /// Keeps the file at `path` as the original of that hash; nothing happens when it is kept already.
    func keep(_ hash: String, from path: String) async throws
    /// Brings an original into the folder unless it is there. Nothing happens when it is not kept anywhere.
    /// - Throws: what says why it cannot be fetched.
    func bring(_ hash: String) async throws
    /// For when no document of any course has this content.
    func remove(_ hash: String) async throws
}
