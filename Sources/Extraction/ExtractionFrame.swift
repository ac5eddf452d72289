import FoundationEssentials

/// How the extractor's process hands its result to its parent: text as it is, numbers as little-endian words.
///
/// JSON would cost both sides many times the document's size in memory. The reader trusts nothing: a hostile file may have
/// taken the writer over.
enum ExtractionFrame {
    /// The first bytes of every frame.
    static let mark = Array("gepeto1\n".utf8)

    /// A result and what it took.
    struct Contents: Sendable {
        let result: ExtractionResult
        /// Bytes; 0 when not known.
        let peakMemory: Int
    }

    /// The bytes are not a frame.
    struct Malformed: Error {}

    private enum Kind: UInt8 {
        case document = 1
        case failure = 2
        case sandbox = 3
    }

    /// Hands the frame to `write`, piece by piece; the document's text is not copied.
    static func write(
        _ result: ExtractionResult, peakMemory: () -> Int, to write: @escaping (UnsafeRawBufferPointer) -> Void
    ) {
        var writer = FrameWriter(sink: write)
        writer.put(mark)
        switch result {
        case .document(let document):
            writer.put(Kind.document.rawValue)
            put(document, &writer)
        case .failure(let error):
            writer.put(Kind.failure.rawValue)
            writer.put(error.code.rawValue)
            writer.put(error.description)
        case .sandbox(let report):
            writer.put(Kind.sandbox.rawValue)
            writer.put((try? JSONEncoder().encode(report)).map { String(decoding: $0, as: UTF8.self) } ?? "")
        }
        writer.put(word: UInt64(max(peakMemory(), 0)))
        writer.flush()
    }

    /// - Throws: `Malformed`, also for a document that is not consistent.
    static func read(_ bytes: [UInt8]) throws(Malformed) -> Contents {
        var reader = FrameReader(bytes)
        guard try reader.bytes(mark.count).elementsEqual(mark) else { throw Malformed() }
        let result: ExtractionResult
        switch Kind(rawValue: try reader.byte()) {
        case .document:
            let document = try self.document(&reader)
            guard document.isConsistent else { throw Malformed() }
            result = .document(document)
        case .failure:
            guard let code = IngestError.Code(rawValue: try reader.string()) else { throw Malformed() }
            result = .failure(IngestError(code, TextCleaner.shortened(try reader.string(), to: 500)))
        case .sandbox:
            guard let report = try? JSONDecoder().decode(SandboxReport.self, from: Data(try reader.string().utf8))
            else {
                throw Malformed()
            }
            result = .sandbox(report)
        case nil: throw Malformed()
        }
        // No machine has more than 2⁵⁰ bytes.
        let peakMemory = Int(min(try reader.word(), 1 << 50))
        guard reader.isAtEnd else { throw Malformed() }
        return Contents(result: result, peakMemory: peakMemory)
    }

    // MARK: The document's fields, in one order

    private static func put(_ document: ExtractedDocument, _ writer: inout FrameWriter) {
        writer.put(document.title != nil ? 1 : 0)
        writer.put(document.title ?? "")
        writer.put(document.mediaType)
        writer.put(document.language)
        writer.put(document.text)
        writer.put(count: document.blocks.count)
        for block in document.blocks {
            writer.put(block.kind.rawValue)
            writer.put(number: block.range.lowerBound)
            writer.put(number: block.range.upperBound)
            writer.put(number: block.level)
            writer.put(number: block.headerLength)
        }
        writer.put(document.pageCount != nil ? 1 : 0)
        writer.put(number: document.pageCount ?? 0)
        for numbers in [document.pageOffsets, document.emptyPages, document.recognisedPages] {
            writer.put(count: numbers.count)
            for number in numbers { writer.put(number: number) }
        }
        writer.put(document.pageUnit.rawValue)
        writer.put(document.markKind?.rawValue ?? "")
        writer.put(count: document.marks.count)
        for mark in document.marks {
            writer.put(number: mark.offset)
            writer.put(mark.first)
            writer.put(mark.last)
        }
        writer.put(count: document.warnings.count)
        for warning in document.warnings { writer.put(warning) }
    }

    private static func document(_ reader: inout FrameReader) throws(Malformed) -> ExtractedDocument {
        let hasTitle = try reader.byte() == 1
        let title = try reader.string()
        let mediaType = try reader.string()
        let language = try reader.string()
        let text = try reader.string()
        let blocks = try reader.list(ofAtLeast: 20) { reader throws(Malformed) -> ExtractedDocument.Block in
            guard let kind = ExtractedDocument.Kind(rawValue: try reader.string()) else { throw Malformed() }
            let start = try reader.number()
            let end = try reader.number()
            guard start <= end else { throw Malformed() }
            return .init(
                kind: kind, range: start..<end, level: try reader.number(), headerLength: try reader.number())
        }
        let hasPageCount = try reader.byte() == 1
        let pageCount = try reader.number()
        let pageOffsets = try reader.numbers()
        let emptyPages = try reader.numbers()
        let recognisedPages = try reader.numbers()
        guard let pageUnit = ExtractedDocument.PageUnit(rawValue: try reader.string()) else { throw Malformed() }
        let kind = try reader.string()
        let markKind = ExtractedDocument.MarkKind(rawValue: kind)
        guard kind.isEmpty || markKind != nil else { throw Malformed() }
        let marks = try reader.list(ofAtLeast: 12) { reader throws(Malformed) -> ExtractedDocument.Mark in
            .init(offset: try reader.number(), first: try reader.string(), last: try reader.string())
        }
        let warnings = try reader.list(ofAtLeast: 4) { reader throws(Malformed) in try reader.string() }
        return ExtractedDocument(
            title: hasTitle ? title : nil, mediaType: mediaType, language: language, text: text, blocks: blocks,
            pageCount: hasPageCount ? pageCount : nil, pageOffsets: pageOffsets, emptyPages: emptyPages,
            pageUnit: pageUnit, recognisedPages: recognisedPages, markKind: markKind, marks: marks, warnings: warnings)
    }
}
