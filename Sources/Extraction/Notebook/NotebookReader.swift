import FoundationEssentials

/// Jupyter notebooks: text cells as Markdown, programs and what they print as code; pictures and HTML are left out.
enum NotebookReader {
    /// Bytes of one cell's output that are kept.
    static let outputLimit = 4_000

    static func read(_ decoded: TextDecoder.Decoded) throws(IngestError) -> ExtractedDocument {
        guard let notebook = try? JSONDecoder().decode(Notebook.self, from: Data(decoded.text.utf8)),
            let cells = notebook.cells
        else { throw .broken("Jupyter notebook") }
        var builder = DocumentBuilder()
        builder.warnings += decoded.warnings
        var hidden = HiddenCharacters()
        var cutCells = 0
        for cell in cells {
            let source = (cell.source ?? cell.input)?.text ?? ""
            hidden.scan(source)
            switch cell.kind {
            case "markdown": try MarkdownReader.add(source, to: &builder)
            case "heading": try builder.heading(MarkdownInline.plain(source), level: cell.level ?? 1)
            case "code":
                try builder.add(.code, source)
                if try addOutputs(of: cell, to: &builder) { cutCells += 1 }
            default: try builder.add(.paragraph, source)
            }
        }
        guard !builder.blocks.isEmpty else { throw .blank }
        if cutCells > 0 {
            builder.warnings.append(
                "The output of \(cutCells) cell\(cutCells == 1 ? "" : "s") was longer than \(outputLimit) characters and was cut."
            )
        }
        if let warning = hidden.warning, !builder.warnings.contains(warning) { builder.warnings.append(warning) }
        let title = notebook.metadata?.value?.title?.text
        return builder.finish(
            title: title.flatMap { $0.isEmpty ? nil : $0 } ?? builder.firstHeading,
            mediaType: "application/x-ipynb+json")
    }

    /// All that a cell printed, in one block.
    /// - Returns: whether some of it was left out.
    private static func addOutputs(
        of cell: Notebook.Cell, to builder: inout DocumentBuilder
    ) throws(IngestError) -> Bool {
        var printed = ""
        var isCut = false
        for output in (cell.outputs ?? []).compactMap(\.value) {
            if let markdown = output.data?.markdown?.text, markdown.utf8.count <= outputLimit {
                try MarkdownReader.add(markdown, to: &builder)
                continue
            }
            let text = TextCleaner.trimmingBlankLines(TextCleaner.clean(withoutColours(text(of: output))))
            // `<Figure size 640x480>` and the like stand for what is no text.
            guard !text.isEmpty, !(output.kind != "stream" && text.hasPrefix("<") && text.hasSuffix(">")) else {
                continue
            }
            if !printed.isEmpty { printed += "\n" }
            printed += text
            if printed.utf8.count > outputLimit {
                printed = String(decoding: printed.utf8.prefix(outputLimit).dropLastPartialScalar(), as: UTF8.self)
                isCut = true
                break
            }
        }
        try builder.add(.code, printed)
        return isCut
    }

    private static func text(of output: Notebook.Output) -> String {
        switch output.kind {
        case "error", "pyerr":
            return [output.errorName, output.errorValue].compactMap { $0?.text }.joined(separator: ": ")
        // Warnings and progress bars, full of the author's own paths.
        case "stream" where output.name?.text == "stderr": return ""
        default:
            return (output.data?.latex ?? output.data?.plain ?? output.text)?.text ?? ""
        }
    }

    /// Without the terminal's colour codes, `ESC [ … m`, of ECMA-48; and of lines that are written over (`\r`), the last.
    private static func withoutColours(_ text: String) -> String {
        guard text.utf8.contains(where: { $0 == 0x1b || $0 == 0x0d }) else { return text }
        var kept: [UInt8] = []
        var lineStart = 0
        var bytes = Array(text.utf8)[...]
        while let byte = bytes.popFirst() {
            switch byte {
            case 0x1b where bytes.first == UInt8(ascii: "["):
                bytes = bytes.dropFirst().drop { (0x20...0x3f).contains($0) }.dropFirst()
            case 0x0d where bytes.first != 0x0a && bytes.first != nil: kept.removeSubrange(lineStart...)
            case 0x0a:
                kept.append(byte)
                lineStart = kept.count
            default: kept.append(byte)
            }
        }
        return String(decoding: kept, as: UTF8.self)
    }
}

extension Sequence where Self: BidirectionalCollection, Element == UInt8 {
    /// Without the piece of a UTF-8 sequence that a cut may have left at the end.
    func dropLastPartialScalar() -> SubSequence {
        var rest = self[...]
        var followers = 0
        while followers < 3, let last = rest.last, last & 0xc0 == 0x80 {
            rest = rest.dropLast()
            followers += 1
        }
        guard let lead = rest.last, lead >= 0xc0 else { return followers == 0 ? rest : self[...] }
        let length = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2
        return followers + 1 == length ? self[...] : rest.dropLast()
    }
}
