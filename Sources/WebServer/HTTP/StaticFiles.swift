import Glibc
import Support

/// Serves the files below one folder: GET and HEAD, revalidation by entity tag, single byte ranges.
///
/// The folder is walked a segment at a time with `O_NOFOLLOW`, so that neither `..` nor a symbolic link leads out of
/// it, also when somebody changes it meanwhile. A folder is answered with its `index.html`; names that begin with a dot are
/// not served.
struct StaticFiles: Sendable {
    private let folder: String
    private let queue = BlockingQueue(label: "web-server.files")

    private let headers: [(name: String, value: String)]
    private let others: [String: OtherName]
    private let cache = FileCache()

    /// - Parameters:
    ///   - headers: sent with every file.
    ///   - others: by the name under which a file directly below the folder is served too.
    init(folder: String, headers: [(name: String, value: String)] = [], others: [String: OtherName] = [:]) {
        self.folder = folder
        self.headers = headers
        self.others = others
    }

    /// - Parameter segments: the decoded path below the folder.
    /// - Throws: `HTTPError`: 404, or 405 for a file that is there when the method is another.
    func respond(to request: HTTPRequest, segments: [String]) async throws -> HTTPResponse {
        let folder = folder
        var names = segments
        if names.last == "" { names[names.count - 1] = "index.html" }
        let other = names.count == 1 ? others[names[0]] : nil
        let path = other.map { [$0.file] } ?? names
        // An encoded slash within a name must not find what a path of two names has put in memory.
        guard names.allSatisfy(Self.isServed), path.allSatisfy(Self.isServed) else { throw HTTPError.notFound }
        let isWhole = request.headers["range"] == nil
        // By the name that was asked for: the headers differ.
        let place = folder + "/" + names.joined(separator: "/")
        if isWhole, request.method == .get || request.method == .head, let known = cache.find(place) {
            return known.response(
                to: request.headers["if-none-match"] == nil ? [] : request.headers.list("if-none-match"))
        }
        let (file, bytes) = try await queue.run {
            let file = try Self.open(path, in: folder)
            return (file, file.size <= FileCache.largest ? file.head(file.size) : nil)
        }
        guard request.method == .get || request.method == .head else {
            throw HTTPError.methodNotAllowed([.get, .head])
        }
        var response = FileResponse.make(
            file, type: MediaType.of(fileName: path.last ?? ""), conditions: request.headers)
        response.headers["x-content-type-options"] = "nosniff"
        // Always ask, never guess: a new version is seen at once and an unchanged file costs one 304.
        response.headers["cache-control"] = "no-cache"
        for (name, value) in other?.headers ?? headers { response.headers[name] = value }
        if response.status == 200, isWhole, let bytes, bytes.count == file.size {
            response.body = .bytes(bytes)
            cache.keep(CachedFile(file, response), at: place)
        }
        return response
    }

    private static func open(_ names: [String], in folder: String) throws -> OpenFile {
        guard names.allSatisfy(isServed), let last = names.last else { throw HTTPError.notFound }
        var parent = Glibc.open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard parent >= 0 else { throw OpenFile.failure(errno) }
        defer { Glibc.close(parent) }
        for name in names.dropLast() {
            let child = openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
            guard child >= 0 else { throw OpenFile.failure(errno) }
            Glibc.close(parent)
            parent = child
        }
        let descriptor = openat(parent, last, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)
        guard descriptor >= 0 else { throw OpenFile.failure(errno) }
        return try OpenFile(adopting: descriptor)
    }

    private static func isServed(_ name: String) -> Bool {
        !name.isEmpty && !name.hasPrefix(".") && !name.utf8.contains { $0 == UInt8(ascii: "/") || $0 == 0 }
    }
}

/// A file that is served under another name than its own.
package struct OtherName: Sendable {
    let file: String
    let headers: [(name: String, value: String)]

    /// - Parameter headers: in place of those of the folder.
    package init(file: String, headers: [(name: String, value: String)]) {
        self.file = file
        self.headers = headers
    }
}
