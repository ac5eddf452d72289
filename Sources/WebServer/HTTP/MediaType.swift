/// The media type of a file by the end of its name.
package enum MediaType {
    /// `application/octet-stream` for what is not known here.
    package static func of(fileName: String) -> String {
        let name = fileName.lowercased()
        guard let dot = name.lastIndex(of: ".") else { return "application/octet-stream" }
        return switch name[name.index(after: dot)...] {
        case "html", "htm": "text/html; charset=utf-8"
        case "js", "mjs": "text/javascript; charset=utf-8"
        case "css": "text/css; charset=utf-8"
        case "json", "map": "application/json"
        case "md", "markdown": "text/markdown; charset=utf-8"
        case "txt": "text/plain; charset=utf-8"
        case "svg": "image/svg+xml"
        case "png": "image/png"
        case "jpg", "jpeg": "image/jpeg"
        case "gif": "image/gif"
        case "webp": "image/webp"
        case "ico": "image/x-icon"
        case "pdf": "application/pdf"
        case "wasm": "application/wasm"
        case "woff2": "font/woff2"
        case "webmanifest": "application/manifest+json"
        case "xml": "application/xml"
        default: "application/octet-stream"
        }
    }
}
