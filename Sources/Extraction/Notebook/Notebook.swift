/// The parts of a Jupyter notebook that hold text (nbformat 4.5's schema; 3 where it differs).
///
/// What has an unexpected shape is left out rather than failing the file.
struct Notebook: Decodable {
    struct Metadata: Decodable {
        let title: LenientText?
    }

    struct Worksheet: Decodable {
        let cells: [Lenient<Cell>]?
    }

    struct Cell: Decodable {
        let kind: String
        let source: LenientText?
        /// nbformat 3: a code cell's source.
        let input: LenientText?
        /// nbformat 3: a heading cell's level.
        let level: Int?
        let outputs: [Lenient<Output>]?

        enum CodingKeys: String, CodingKey {
            case kind = "cell_type"
            case source, input, level, outputs
        }
    }

    struct Output: Decodable {
        let kind: String
        /// `stdout` or `stderr`, of a stream.
        let name: LenientText?
        /// Of a stream; in nbformat 3 also of a result.
        let text: LenientText?
        let data: Data?
        let errorName: LenientText?
        let errorValue: LenientText?

        struct Data: Decodable {
            let plain: LenientText?
            let markdown: LenientText?
            let latex: LenientText?
            enum CodingKeys: String, CodingKey {
                case plain = "text/plain"
                case markdown = "text/markdown"
                case latex = "text/latex"
            }
        }

        enum CodingKeys: String, CodingKey {
            case kind = "output_type"
            case name, text, data
            case errorName = "ename"
            case errorValue = "evalue"
        }
    }

    let metadata: Lenient<Metadata>?
    private let ownCells: [Lenient<Cell>]?
    private let worksheets: [Lenient<Worksheet>]?

    enum CodingKeys: String, CodingKey {
        case metadata, worksheets
        case ownCells = "cells"
    }

    /// Of all worksheets (nbformat 3) or of the notebook; nil when it has no list of cells at all.
    var cells: [Cell]? {
        if let ownCells { return ownCells.compactMap(\.value) }
        return worksheets?.compactMap(\.value).flatMap { $0.cells ?? [] }.compactMap(\.value)
    }
}

/// A text, or a list of texts that belong together; anything else is no text.
struct LenientText: Decodable {
    let text: String

    init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if let whole = try? container.decode(String.self) {
            text = whole
        } else {
            text = ((try? container.decode([Lenient<String>].self)) ?? []).compactMap(\.value).joined()
        }
    }
}

/// A value that may be of another shape than expected: then nil.
struct Lenient<Value: Decodable>: Decodable {
    let value: Value?

    init(from decoder: any Decoder) throws { value = try? Value(from: decoder) }
}
