import Glibc
import Support
import TestSupport
import Testing

@testable import Extraction

/// The answer of an extractor that may have been taken over.
@Suite struct ExtractionFrameTests {
    private func frame(_ result: ExtractionResult, peakMemory: Int = 0) -> [UInt8] {
        let bytes = Locked<[UInt8]>([])
        ExtractionFrame.write(result, peakMemory: { peakMemory }) { piece in
            bytes.withLock { $0.append(contentsOf: piece) }
        }
        return bytes.withLock { $0 }
    }

    private func document(
        text: String = "éa", blocks: [ExtractedDocument.Block] = [], pageOffsets: [Int] = [], emptyPages: [Int] = [],
        recognisedPages: [Int] = [], marks: [ExtractedDocument.Mark] = []
    ) -> ExtractedDocument {
        ExtractedDocument(
            title: nil, mediaType: "text/plain", language: "", text: text, blocks: blocks, pageCount: 3,
            pageOffsets: pageOffsets, emptyPages: emptyPages, pageUnit: .slide, recognisedPages: recognisedPages,
            markKind: .cells, marks: marks, warnings: ["One.", ""])
    }

    private func isTaken(_ document: ExtractedDocument) -> Bool {
        guard case .document(let back)? = (try? ExtractionFrame.read(frame(.document(document))))?.result else {
            return false
        }
        return back == document
    }

    @Test func everyFieldComesBack() throws {
        let whole = document(
            blocks: [.init(kind: .table, range: 0..<3, level: 0, headerLength: 2)], pageOffsets: [0, 2, 3],
            emptyPages: [1, 3], recognisedPages: [2], marks: [.init(offset: 2, first: "A!A1", last: "B1")])
        let contents = try ExtractionFrame.read(frame(.document(whole), peakMemory: 12_345))
        guard case .document(let back) = contents.result else { throw ExtractionFrame.Malformed() }
        #expect(back == whole && contents.peakMemory == 12_345)
        guard case .failure(let error) = try ExtractionFrame.read(frame(.failure(.encrypted))).result else {
            throw ExtractionFrame.Malformed()
        }
        #expect(error == .encrypted)
    }

    /// The text has three bytes, with no border between the first and the second.
    @Test func offsetsOutsideTheTextAreRefused() {
        for range in [0..<4, 1..<3, 3..<3, 0..<1] {
            #expect(
                !isTaken(document(blocks: [.init(kind: .code, range: range, level: 0, headerLength: 0)])), "\(range)")
        }
        let first = ExtractedDocument.Block(kind: .paragraph, range: 0..<2, level: 0, headerLength: 0)
        #expect(isTaken(document(blocks: [first, .init(kind: .paragraph, range: 2..<3, level: 0, headerLength: 0)])))
        #expect(!isTaken(document(blocks: [first, .init(kind: .paragraph, range: 0..<3, level: 0, headerLength: 0)])))
        #expect(!isTaken(document(blocks: [.init(kind: .heading, range: 0..<2, level: 7, headerLength: 0)])))
        #expect(!isTaken(document(blocks: [.init(kind: .table, range: 0..<3, level: 0, headerLength: 3)])))
        #expect(!isTaken(document(blocks: [.init(kind: .table, range: 0..<3, level: 0, headerLength: 1)])))
    }

    @Test func pagesAndMarksMustBeInOrder() {
        #expect(isTaken(document(pageOffsets: [0, 0, 3])))
        #expect(!isTaken(document(pageOffsets: [0, 4])) && !isTaken(document(pageOffsets: [2, 0])))
        #expect(!isTaken(document(pageOffsets: [1])))
        #expect(!isTaken(document(emptyPages: [0])) && !isTaken(document(emptyPages: [4])))
        #expect(!isTaken(document(emptyPages: [2, 2])) && !isTaken(document(recognisedPages: [3, 1])))
        func marks(_ offsets: Int...) -> ExtractedDocument {
            document(marks: offsets.map { .init(offset: $0, first: "1", last: "1") })
        }
        #expect(isTaken(marks(0, 2, 3, 5)))
        #expect(!isTaken(marks(6)) && !isTaken(marks(1)) && !isTaken(marks(2, 0)))
    }

    /// Cut anywhere, or with any byte changed, it is refused or means something: it never traps.
    @Test func damagedFramesDoNoHarm() throws {
        let whole = frame(
            .document(
                document(
                    blocks: [.init(kind: .list, range: 0..<3, level: 0, headerLength: 0)], pageOffsets: [0],
                    marks: [.init(offset: 0, first: "1", last: "2")])))
        for length in 0..<whole.count {
            #expect(throws: ExtractionFrame.Malformed.self) { try ExtractionFrame.read(Array(whole.prefix(length))) }
        }
        #expect(throws: ExtractionFrame.Malformed.self) { try ExtractionFrame.read(whole + [0]) }
        for place in whole.indices {
            for value in [0, 1, 0x7f, 0x80, 0xff] as [UInt8] {
                var changed = whole
                changed[place] = value
                if case .document(let back)? = (try? ExtractionFrame.read(changed))?.result {
                    #expect(back.isConsistent)
                }
            }
        }
    }

    @Test func aCountCannotAskForMemory() {
        // The mark, a document without a title, and a text that claims four gigabytes.
        let frame = ExtractionFrame.mark + [1, 0] + [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 0xff, 0xff]
        #expect(throws: ExtractionFrame.Malformed.self) { try ExtractionFrame.read(frame) }
    }
}
