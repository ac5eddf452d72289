import Glibc

/// Where the extractor and the tools beneath it may write.
package enum Scratch {
    /// Private to this extraction, empty at first but for the document, and removed with all it holds by whoever started
    /// the extractor; `/tmp` when nobody did. The one folder in which the sandbox lets anything be written.
    package static var folder: String {
        guard let path = getenv("TMPDIR").map({ String(cString: $0) }), path.hasPrefix("/") else { return "/tmp" }
        return path
    }
}
