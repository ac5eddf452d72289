import FoundationEssentials
import Testing

@testable import Embedding

@Suite struct SafetensorsTests {
    private func file(_ header: String, data: Int) -> [UInt8] {
        let length = UInt64(header.utf8.count)
        return (0..<8).map { UInt8(truncatingIfNeeded: length >> (8 * $0)) } + Array(header.utf8)
            + [UInt8](repeating: 0, count: data)
    }

    private func open(_ bytes: [UInt8]) throws -> Safetensors {
        let folder = try TemporaryFolder()
        try folder.write("model.safetensors", bytes)
        return try Safetensors(path: folder.path + "/model.safetensors")
    }

    private static let header =
        #"{"__metadata__":{"format":"pt"},"b":{"dtype":"F16","shape":[3],"data_offsets":[8,14]},"#
        + #""a":{"dtype":"F32","shape":[2,1],"data_offsets":[0,8]},"e":{"dtype":"F32","shape":[0],"data_offsets":[8,8]}}"#

    @Test func readsTensors() throws {
        var bytes = file(Self.header, data: 14)
        let start = bytes.count - 14
        bytes.replaceSubrange(start..<start + 8, with: [0, 0, 0x80, 0x3f, 0, 0, 0, 0xc0])
        let weights = try open(bytes)
        #expect(weights.tensors["a"] == .init(type: "F32", shape: [2, 1], place: start..<start + 8))
        #expect(weights.tensors["b"] == .init(type: "F16", shape: [3], place: start + 8..<start + 14))
        #expect(weights.tensors.count == 3)
        if start % 4 == 0 {
            let a = try weights.floats("a", shape: [2, 1])
            #expect(a[0] == 1 && a[1] == -2)
        } else {
            #expect(throws: EmbeddingError.self) { try weights.floats("a", shape: [2, 1]) }
        }
    }

    @Test(arguments: [
        ("c", [1], "the tensor c is missing"), ("b", [3], "b should be float32 (F32), it is F16"),
        ("a", [2], "a should be [2] by config.json, it is [2, 1]"),
    ])
    func refusesAnotherTensorThanAskedFor(name: String, shape: [Int], sentence: String) throws {
        let weights = try open(file(Self.header, data: 14))
        let error = #expect(throws: EmbeddingError.self) { try weights.floats(name, shape: shape) }
        #expect(error?.finding == sentence)
    }

    @Test(arguments: [
        (#"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}"#, 7, "cut short"),
        (#"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}"#, 9, "1 bytes after the last tensor"),
        (#"{"a":{"dtype":"F32","shape":[3],"data_offsets":[0,8]}}"#, 8, "the size of a"),
        (#"{"a":{"dtype":"F33","shape":[2],"data_offsets":[0,8]}}"#, 8, "the size of a"),
        (#"{"a":{"dtype":"F32","shape":[-2],"data_offsets":[0,8]}}"#, 8, "the size of a"),
        (#"{"a":{"dtype":"F32","shape":[4611686018427387904,4],"data_offsets":[0,0]}}"#, 0, "the size of a"),
        (#"{"a":{"dtype":"F32","shape":[2],"data_offsets":[4,12]}}"#, 12, "overlaps another or leaves a hole"),
        (#"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0]}}"#, 8, "overlaps another or leaves a hole"),
        (#"{"a":{"dtype":"F32","shape":[2],"data_offsets":[8,0]}}"#, 8, "overlaps another or leaves a hole"),
        (#"{"a":{"dtype":"F32","shape":[2],"data_offsets":[-8,0]}}"#, 8, "overlaps another or leaves a hole"),
        (
            #"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"b":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}"#,
            8, "overlaps another or leaves a hole"
        ),
        (#"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,99999999999999999999]}}"#, 8, "not the JSON"),
        (#"{"a":{"dtype":"F32","shape":2,"data_offsets":[0,8]}}"#, 8, "not the JSON"),
        (#"{"a":1}"#, 0, "not the JSON"), ("[]", 0, "not the JSON"), ("{{", 0, "not the JSON"),
    ])
    func refusesAHeaderThatDoesNotHold(header: String, data: Int, sentence: String) {
        let error = #expect(throws: EmbeddingError.self) { try open(file(header, data: data)) }
        #expect(error?.kind == .fileDamaged)
        #expect(error?.finding.contains(sentence) == true, "\(error?.finding ?? "")")
    }

    @Test func refusesEveryBeginningOfAFile() throws {
        let whole = file(Self.header, data: 14)
        for count in 0..<whole.count {
            let error = #expect(throws: EmbeddingError.self) { try open(Array(whole.prefix(count))) }
            #expect(error?.kind == .fileDamaged, "\(count) bytes")
        }
        for length in [UInt64.max, UInt64(Int.max), 1 << 40, 0, 1] {
            let start = (0..<8).map { UInt8(truncatingIfNeeded: length >> (8 * $0)) }
            #expect(throws: EmbeddingError.self) { try open(start + whole.dropFirst(8)) }
        }
    }

    /// Whatever byte of the header is another, the file is read or refused; no tensor ever lies outside of it.
    @Test func survivesDamagedHeaders() throws {
        let whole = file(Self.header, data: 14)
        for place in 0..<whole.count - 14 {
            for byte in [UInt8(ascii: "0"), UInt8(ascii: "9"), UInt8(ascii: "]"), 0, 0xff] {
                var bytes = whole
                bytes[place] = byte
                guard let weights = try? open(bytes) else { continue }
                #expect(weights.tensors.values.allSatisfy { 0...bytes.count ~= $0.place.lowerBound })
                #expect(weights.tensors.values.allSatisfy { 0...bytes.count ~= $0.place.upperBound })
            }
        }
    }

    @Test func refusesWhatIsNoFile() throws {
        let folder = try TemporaryFolder()
        #expect(throws: EmbeddingError.self) { try Safetensors(path: folder.path) }
        let missing = #expect(throws: EmbeddingError.self) { try Safetensors(path: folder.path + "/none") }
        #expect(missing?.kind == .fileMissing)
    }
}
