/// E-books (EPUB 2 and 3): the chapters in reading order, each read as the web page that it is.
///
/// A chapter without a heading takes its title from the table of contents; the table itself and the cover are left out. An
/// e-book flows, so it has no pages.
struct EPUBReader {
    private static let what = "EPUB book"
    private static let mediaTypes = ["application/xhtml+xml", "text/html", "application/x-dtbook+xml"]
    /// Fonts may be mixed up against copying; that is no protection of the text (EPUB 3.3, appendix on font obfuscation).
    private static let fontAlgorithms = ["http://www.idpf.org/2008/embedding", "http://ns.adobe.com/pdf/enc#RC"]

    private let path: String
    private var builder = DocumentBuilder()
    private var unreadable = 0

    static func read(path: String) throws(IngestError) -> ExtractedDocument {
        var reader = EPUBReader(path: path)
        return try reader.run()
    }

    private init(path: String) { self.path = path }

    private mutating func run() throws(IngestError) -> ExtractedDocument {
        let start = try ZIPParts.read(path: path, what: Self.what) { $0.lowercased().hasPrefix("meta-inf/") }
        try Self.refuseProtected(start)
        guard let container = start["META-INF/container.xml"],
            let rootFile = try XMLElement.parse(container, what: Self.what).descendants(named: "rootfile").lazy
                .compactMap({ $0["full-path"] }).first,
            let packagePath = EPUBPackage.resolve(rootFile, from: ""),
            let bytes = try parts([packagePath])[packagePath]
        else { throw .broken(Self.what) }
        let package = EPUBPackage(try XMLElement.parse(bytes, what: Self.what), path: packagePath)
        guard !package.spine.isEmpty else { throw .broken(Self.what) }

        let parts = try parts(
            package.spine.map(\.path) + [package.navigation, package.contents].compactMap { $0?.path })
        let contents = contents(of: package, parts)
        let chapters = package.spine.filter { item in
            item.path != package.navigation?.path && Self.mediaTypes.contains(item.mediaType)
        }
        let asides = package.asides.union(contents.asides)
        let wanted = chapters.filter { !asides.contains($0.path) }
        // A book whose only chapter is called a cover is not all cover.
        for chapter in wanted.isEmpty ? chapters : wanted {
            try add(parts[chapter.path], contents.entries[chapter.path])
        }
        unreadable += package.missing
        if unreadable > 0 {
            builder.warnings.append(
                unreadable == 1
                    ? "1 chapter of the book is missing or damaged."
                    : "\(unreadable) chapters of the book are missing or damaged.")
        }
        guard !builder.blocks.isEmpty else { throw unreadable > 0 ? .broken(Self.what) : .blank }
        return builder.finish(
            title: package.title ?? builder.firstHeading, mediaType: "application/epub+zip",
            declaredLanguage: package.language)
    }

    private func parts(_ names: [String]) throws(IngestError) -> ZIPParts {
        let wanted = Set(names.map { $0.lowercased() })
        return try ZIPParts.read(path: path, what: Self.what) { wanted.contains($0.lowercased()) }
    }

    private static func refuseProtected(_ parts: ZIPParts) throws(IngestError) {
        guard let bytes = parts["META-INF/encryption.xml"] else { return }
        let methods = try XMLElement.parse(bytes, what: what).descendants(named: "EncryptedData")
            .map { $0.first(named: "EncryptionMethod")?["Algorithm"] ?? "" }
        guard methods.allSatisfy({ fontAlgorithms.contains($0) }) else { throw .protectedBook }
    }

    /// The navigation document's table, or the older one's when there is none: a damaged one only costs titles.
    private func contents(of package: EPUBPackage, _ parts: ZIPParts) -> EPUBContents {
        func root(_ item: EPUBPackage.Item?) -> XMLElement? {
            item.flatMap { parts[$0.path] }.flatMap { try? XMLElement.parse($0, what: Self.what) }
        }
        let navigation = root(package.navigation).map {
            EPUBContents(navigation: $0, path: package.navigation?.path ?? "")
        }
        if let navigation, !navigation.entries.isEmpty { return navigation }
        return root(package.contents).map { EPUBContents(ncx: $0, path: package.contents?.path ?? "") }
            ?? navigation ?? EPUBContents()
    }

    private mutating func add(_ bytes: [UInt8]?, _ entry: EPUBContents.Entry?) throws(IngestError) {
        guard let bytes, let decoded = TextDecoder.decode(bytes, declared: Self.declaredEncoding(bytes)) else {
            unreadable += 1
            return
        }
        let html = Array(decoded.text.utf8)
        if let entry, !Self.hasHeading(html) { try builder.heading(entry.title, level: entry.level) }
        // The builder is handed over, not shared: a second holder would make each chapter copy all text before it.
        let handedOver = builder
        builder = DocumentBuilder()
        var walker = HTMLWalker(html, scope: .everything, isXML: true, builder: consume handedOver)
        try walker.run()
        builder = walker.builder
    }

    private static func hasHeading(_ html: [UInt8]) -> Bool {
        var tokenizer = HTMLTokenizer(html)
        while let token = tokenizer.next() {
            if case .start(let tag) = token, ["h1", "h2", "h3", "h4", "h5", "h6"].contains(tag.name) { return true }
        }
        return false
    }

    /// What the XML declaration says, if there is one.
    private static func declaredEncoding(_ bytes: [UInt8]) -> String? {
        let head = String(decoding: bytes.prefix(200), as: UTF8.self)
        guard head.contains("<?xml"), let found = head.range(ofASCII: "encoding=") else { return nil }
        let value = head[found.upperBound...].dropFirst().prefix { $0 != "\"" && $0 != "'" && $0 != "?" }
        return value.isEmpty ? nil : String(value)
    }
}

extension IngestError {
    static let protectedBook = IngestError(
        .encrypted, "The e-book is protected against copying (DRM). Load a copy without the protection.")
}
