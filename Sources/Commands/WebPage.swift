import Glibc

/// The page that `gepeto serve` shows at `/`.
struct WebPage {
    /// `GEPETO_WEB_DIR`.
    let folder: String

    init(_ configuration: Configuration) { folder = configuration.text("GEPETO_WEB_DIR") ?? "" }

    var isThere: Bool { access(folder + "/index.html", R_OK) == 0 }

    /// What to do when it is not there.
    var missing: String { "\(folder)/index.html cannot be read: start in gepeto's folder or set GEPETO_WEB_DIR." }
}
