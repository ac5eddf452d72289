import FoundationEssentials
import Glibc
import Support
import WebServer

/// The page that `gepeto serve` shows at `/`.
struct WebPage {
    /// `GEPETO_WEB_DIR`.
    let folder: String

    init(_ configuration: Configuration) { folder = configuration.text("GEPETO_WEB_DIR") ?? "" }

    /// The page, and the same as `widget.html`, which the sites of `origins` may show in a frame.
    func install(in router: inout Router, origins: [String]) {
        let own = Self.headers(frames: "'none'")
        let widget = OtherName(
            file: "index.html",
            headers: Self.headers(frames: origins.isEmpty ? "'none'" : origins.joined(separator: " ")))
        router.files(at: "/", folder: folder, headers: own, alsoAs: ["widget.html": widget])
    }

    /// What a page cannot say of itself in a meta element.
    private static func headers(frames: String) -> [(name: String, value: String)] {
        [
            (name: "content-security-policy", value: "frame-ancestors \(frames)"),
            (name: "referrer-policy", value: "no-referrer"),
        ]
    }

    var isThere: Bool { access(folder + "/index.html", R_OK) == 0 }

    /// Its text, read anew each time, for it may be replaced; nil when it cannot be read.
    func html() async -> String? {
        let path = folder + "/index.html"
        return try? await Self.files.run { String(decoding: try Data(contentsOf: URL(filePath: path)), as: UTF8.self) }
    }

    private static let files = BlockingQueue(label: "page")

    /// What to do when it is not there.
    var missing: String { "\(folder)/index.html cannot be read: start in gepeto's folder or set GEPETO_WEB_DIR." }
}
