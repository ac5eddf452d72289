import Glibc

/// Small files of settings: profiles, tokens. Blocking.
enum SmallFile {
    enum Outcome: Equatable {
        case content([UInt8])
        case missing
        case failed(reason: String)
    }

    /// - Parameter limit: the most bytes it may have.
    static func read(_ path: String, limit: Int) -> Outcome {
        let file = open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { return errno == ENOENT ? .missing : .failed(reason: reason(errno)) }
        defer { close(file) }
        var content: [UInt8] = []
        var piece = [UInt8](repeating: 0, count: 64 << 10)
        while true {
            let count = Glibc.read(file, &piece, piece.count)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { return .failed(reason: reason(errno)) }
            if count == 0 { return .content(content) }
            content += piece[..<count]
            guard content.count <= limit else { return .failed(reason: "it is larger than \(limit) bytes") }
        }
    }

    /// The system's words for an error, which name no file.
    static func reason(_ number: Int32) -> String { strerror(number).map { String(cString: $0) } ?? "error \(number)" }
}
