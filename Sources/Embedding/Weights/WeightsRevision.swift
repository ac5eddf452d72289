import FoundationEssentials
import Glibc
import Support

/// The first 16 hexadecimal digits of the SHA-256 of a weights file.
///
/// The hash of a large file takes longer than all else that happens before the first vector, so it is kept in a file
/// beside it, with the size, the times and the number of the one it belongs to. Whatever changes the weights changes
/// the time of that change, which nobody can set; where the folder cannot be written, it is computed each time.
enum WeightsRevision {
    /// Bytes of a file whose hash is worth keeping.
    static let worthKeeping = 16 << 20

    static func of(_ file: MappedFile) -> String {
        guard file.bytes.count >= worthKeeping else { return hash(file) }
        let note = file.path + ".revision"
        let about = "\(file.bytes.count) \(file.identity)"
        let kept = FileManager.default.contents(atPath: note).map { String(decoding: $0.prefix(512), as: UTF8.self) }
        if let words = kept?.split(separator: "\n"), words.count == 2, words[0] == about, words[1].utf8.count == 16 {
            return String(words[1])
        }
        let revision = hash(file)
        // Whole or not at all, for other processes may read it now.
        try? Data("\(about)\n\(revision)\n".utf8).write(to: URL(filePath: note), options: .atomic)
        return revision
    }

    private static func hash(_ file: MappedFile) -> String {
        var hash = SHA256()
        hash.update(file.bytes)
        return hash.finish().prefix(8).hexadecimal
    }
}
