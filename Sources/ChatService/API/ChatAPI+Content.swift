import Support
import WebServer

extension ChatAPI {
    /// `GET /api/courses/{course}/documents/{id}/content`: the original, for all members.
    ///
    /// What a browser shows by itself is shown, everything else is saved; none of it may run (`sandbox`), whatever it is.
    func content(_ request: HTTPRequest, _ caller: Caller) async throws -> HTTPResponse {
        let course = try courseID(request)
        guard let found = try await ports.documents.find(parameter("id", request), in: course),
            // What is not in the course yet only staff know of.
            let hash = found.stored?.contentHash ?? (caller.isStaff ? found.pending?.document.contentHash : nil)
        else { throw Problem.unknown("document") }
        let view = try await view(of: course, caller)
        try view.checkOpen()
        guard !view.hidden.contains(found.id) else { throw Problem.unknown("document") }
        let (file, type): (OpenFile, String)
        do {
            let path = try await original(hash)
            (file, type) = try await Self.contentFiles.run {
                let file = try OpenFile(path: path)
                return (file, ContentType.of(fileName: found.name) { file.head(64 << 10) })
            }
        } catch let error as HTTPError where error.status == 404 {
            throw Problem(
                404, "no_original", "No original",
                "The original of this document is not kept here any more; load it again.")
        }
        var response = FileResponse.make(file, type: type, conditions: request.headers, tag: "\"\(hash)\"")
        guard response.status != 416 else {
            throw HTTPError(
                416, .rangeNotSatisfiable, "The file has \(file.size) bytes: ask for a range within them.",
                headers: ["content-range": "bytes */\(file.size)"])
        }
        let name = found.name.split(separator: "/").last.map(String.init) ?? found.name
        response.headers["content-disposition"] = HeaderParameters.disposition(
            ContentType.isShown(type) ? "inline" : "attachment", fileName: name)
        response.headers["content-security-policy"] = "sandbox"
        response.headers["x-content-type-options"] = "nosniff"
        response.headers["cache-control"] = "private, no-cache"
        return response
    }

    /// - Throws: `Problem` 503 when it cannot be fetched just now.
    private func original(_ hash: String) async throws -> String {
        do {
            return try await ports.documents.originals.path(of: hash)
        } catch let error where !(error is CancellationError) {
            ports.log.error("an original cannot be fetched", ["error": error.label, "reason": error.sentence])
            throw Problem(
                503, "original_unavailable", "Not available just now",
                "The original of this document cannot be fetched just now; try again in a minute.",
                headers: ["retry-after": "60"])
        }
    }

    private static let contentFiles = BlockingQueue(label: "content")
}

/// What an original is called on its way to a browser.
enum ContentType {
    /// A PDF by its content, whatever it is called, for a viewer shows nothing else; all others by the end of the name.
    /// Text says in which encoding it is.
    /// - Parameter head: the beginning of the file, at least 1 KB of it.
    static func of(fileName: String, head: () -> [UInt8]) -> String {
        var type = String(MediaType.of(fileName: fileName).prefix { $0 != ";" })
        if isPDF(head()) { return pdf }
        if type == pdf { return "application/octet-stream" }
        if type == "application/octet-stream" { type = others[suffix(fileName)] ?? type }
        // The document's own encoding, not that of this program's files.
        return type.hasPrefix("text/") ? "\(type); charset=\(charset(head()))" : type
    }

    private static let pdf = "application/pdf"

    /// Readers look for the mark in the first 1,024 bytes.
    private static func isPDF(_ head: [UInt8]) -> Bool {
        let start = head.prefix(1024)
        return start.indices.contains { start[$0...].starts(with: "%PDF-".utf8) }
    }

    /// Whether it is shown in the browser rather than saved.
    static func isShown(_ type: String) -> Bool {
        ["application/pdf", "image/png", "image/jpeg", "image/gif", "image/webp"].contains(type)
            || type.hasPrefix("text/plain")
    }

    private static func suffix(_ name: String) -> String {
        name.split(separator: ".", omittingEmptySubsequences: false).last.map { $0.lowercased() } ?? ""
    }

    /// By a byte order mark, else UTF-8 where the beginning is, else what old Windows programs wrote.
    private static func charset(_ head: [UInt8]) -> String {
        if head.starts(with: [0xff, 0xfe]) { return "utf-16le" }
        if head.starts(with: [0xfe, 0xff]) { return "utf-16be" }
        // The cut may have torn the last letter.
        let isUTF8 = (0...3).contains { String(validating: head.dropLast($0), as: UTF8.self) != nil }
        return isUTF8 ? "utf-8" : "windows-1252"
    }

    private static let others = [
        "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        "pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
        "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        "odt": "application/vnd.oasis.opendocument.text", "odp": "application/vnd.oasis.opendocument.presentation",
        "ods": "application/vnd.oasis.opendocument.spreadsheet", "epub": "application/epub+zip",
        "rtf": "application/rtf", "ipynb": "application/x-ipynb+json", "csv": "text/csv", "tex": "application/x-tex",
        "srt": "application/x-subrip", "vtt": "text/vtt", "doc": "application/msword",
        "ppt": "application/vnd.ms-powerpoint", "xls": "application/vnd.ms-excel", "zip": "application/zip",
    ]
}
