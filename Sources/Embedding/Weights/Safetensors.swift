import FoundationEssentials

/// The tensors of a `.safetensors` file, used in place.
///
/// Format (huggingface/safetensors, README): the header's length (UInt64, little-endian), the header (JSON: for each
/// tensor its type, shape and place), the data. As the reference does, a file is refused unless the tensors fill the
/// data exactly, one after another, each of the size that its shape and type say.
struct Safetensors: Sendable {
    /// The longest header that is read; the reference allows ten times as much, a real one has some tens of kilobytes.
    static let longestHeader = 10 << 20

    struct Tensor: Sendable, Equatable {
        let type: String
        let shape: [Int]
        /// In the file.
        let place: Range<Int>
    }

    let file: MappedFile
    let tensors: [String: Tensor]

    init(path: String) throws {
        file = try MappedFile(path: path)
        tensors = try Self.tensors(in: file.bytes, path: path)
    }

    /// The float32 tensor `name`, row-major.
    /// - Throws: `EmbeddingError` when it is missing or of another type or shape.
    func floats(_ name: String, shape: [Int]) throws -> UnsafePointer<Float> {
        guard let tensor = tensors[name] else {
            throw EmbeddingError(.unsupportedModel, path: file.path, "the tensor \(name) is missing")
        }
        guard tensor.type == "F32" else {
            throw EmbeddingError(
                .unsupportedModel, path: file.path, "\(name) should be float32 (F32), it is \(tensor.type)")
        }
        guard tensor.shape == shape else {
            throw EmbeddingError(
                .unsupportedModel, path: file.path, "\(name) should be \(shape) by config.json, it is \(tensor.shape)")
        }
        guard let start = file.bytes.baseAddress, tensor.place.lowerBound % MemoryLayout<Float>.alignment == 0 else {
            throw EmbeddingError(.fileDamaged, path: file.path, "\(name) does not begin at a multiple of four bytes")
        }
        return (start + tensor.place.lowerBound).assumingMemoryBound(to: Float.self)
    }

    private static func tensors(in bytes: UnsafeRawBufferPointer, path: String) throws -> [String: Tensor] {
        func damaged(_ finding: String) -> EmbeddingError { EmbeddingError(.fileDamaged, path: path, finding) }

        guard bytes.count >= 8 else { throw damaged("\(bytes.count) bytes are no safetensors file") }
        let promised = UInt64(littleEndian: bytes.loadUnaligned(as: UInt64.self))
        guard let length = Int(exactly: promised), length >= 2, length <= longestHeader else {
            throw damaged("the header's length \(promised) is out of bounds")
        }
        guard length <= bytes.count - 8 else { throw damaged("the file ends in its header") }
        let header: [String: Entry]
        do {
            header = try JSONDecoder().decode([String: Entry].self, from: Data(bytes[8..<8 + length]))
        } catch {
            throw damaged("the header is not the JSON of a safetensors file")
        }

        let start = 8 + length
        let available = bytes.count - start
        var end = 0
        var tensors: [String: Tensor] = [:]
        let described = header.compactMap { name, entry in entry.description.map { (name, $0) } }
        // Empty tensors before the one that begins where they do.
        for (name, entry) in described.sorted(by: { $0.1.offsets.lexicographicallyPrecedes($1.1.offsets) }) {
            guard entry.offsets.count == 2, entry.offsets[0] == end, entry.offsets[1] >= end else {
                throw damaged("the place of \(name) overlaps another or leaves a hole")
            }
            guard let count = byteCount(type: entry.type, shape: entry.shape), count == entry.offsets[1] - end else {
                throw damaged("the size of \(name) does not follow from its type and shape")
            }
            end = entry.offsets[1]
            guard end <= available else {
                throw damaged("the file is cut short: \(name) ends at byte \(end) of the data, there are \(available)")
            }
            tensors[name] = Tensor(
                type: entry.type, shape: entry.shape, place: start + entry.offsets[0]..<start + end)
        }
        guard end == available else { throw damaged("\(available - end) bytes after the last tensor belong to none") }
        return tensors
    }

    /// Nil for an unknown type, a negative extent or a size beyond an Int.
    private static func byteCount(type: String, shape: [Int]) -> Int? {
        let widths = [
            "BOOL": 1, "U8": 1, "I8": 1, "F8_E5M2": 1, "F8_E4M3": 1, "U16": 2, "I16": 2, "F16": 2, "BF16": 2, "U32": 4,
            "I32": 4, "F32": 4, "U64": 8, "I64": 8, "F64": 8,
        ]
        guard var count = widths[type] else { return nil }
        for extent in shape {
            let (product, overflow) = count.multipliedReportingOverflow(by: extent)
            guard extent >= 0, !overflow else { return nil }
            count = product
        }
        return count
    }

    /// A value of the header: a tensor's description, or the free text under `__metadata__`.
    private struct Entry: Decodable {
        struct Description: Decodable {
            let type: String
            let shape: [Int]
            let offsets: [Int]

            enum CodingKeys: String, CodingKey {
                case type = "dtype"
                case shape
                case offsets = "data_offsets"
            }
        }

        let description: Description?

        init(from decoder: any Decoder) throws {
            description = decoder.codingPath.last?.stringValue == "__metadata__" ? nil : try Description(from: decoder)
        }
    }
}
