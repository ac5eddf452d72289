import TestSupport
import Testing

@testable import Extraction

/// ZIP containers: what is wanted is read, and no container can make the reader take more than it may.
@Suite struct OfficeZIPTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func read(
        _ zip: OfficeZIP, wanted: (String) -> Bool = { _ in true }
    ) throws -> ZIPParts {
        let path = try folder.write(zip.finished, to: "test.docx")
        return try ZIPParts.read(path: path, what: "Word document", wanted: wanted)
    }

    private func failure(_ zip: OfficeZIP) -> IngestError? {
        do { _ = try read(zip) } catch { return error as? IngestError }
        return nil
    }

    @Test func wantedPartsAreRead() throws {
        let parts = try read(
            OfficeZIP(["[Content_Types].xml": "types", "word/document.xml": "text", "word/media/image1.png": "image"])
        ) { $0.hasSuffix(".xml") }
        #expect(parts.names == ["[Content_Types].xml", "word/document.xml", "word/media/image1.png"])
        #expect(parts["word/document.xml"] == Array("text".utf8))
        #expect(parts["word/media/image1.png"] == nil)
        #expect(parts.contains("word/media/image1.png"))
        #expect(parts["nowhere.xml"] == nil)
    }

    @Test func namesDoNotTellCasesApart() throws {
        let parts = try read(OfficeZIP(["Word/Document.XML": "text"]))
        #expect(parts["word/document.xml"] == Array("text".utf8))
    }

    @Test func namesMayHaveAccentsAndBackslashes() throws {
        var zip = OfficeZIP(["OEBPS/capítulo 1.xhtml": "um", "word\\document.xml": "dois"])
        zip.add("été.xml", Array("trois".utf8), flags: 0)
        let parts = try read(zip)
        #expect(parts.names == ["OEBPS/capítulo 1.xhtml", "word/document.xml", "été.xml"])
        #expect(parts["OEBPS/capítulo 1.xhtml"] == Array("um".utf8))
        #expect(parts["été.xml"] == Array("trois".utf8))
    }

    @Test func theFirstOfTwoPartsWithOneNameCounts() throws {
        let parts = try read(OfficeZIP(["a.xml": "first", "a.xml": "second"]))
        #expect(parts["a.xml"] == Array("first".utf8))
        #expect(parts.names.count == 2)
    }

    @Test func deflatedPartsAreInflated() throws {
        var zip = OfficeZIP()
        let zeros = [UInt8](repeating: 0, count: 100_000)
        zip.add(
            "a.bin", OfficeZIP.deflatedZeros(zeros.count), deflated: true, size: zeros.count,
            checksum: OfficeZIP.checksum(zeros))
        #expect(try read(zip)["a.bin"] == zeros)
    }

    // MARK: Hostile

    /// 12 MB out of 12 KB.
    @Test func aBombIsRefusedByItsRatio() {
        var zip = OfficeZIP()
        zip.add("a.xml", OfficeZIP.deflatedZeros(12_000_000), deflated: true, size: 12_000_000, checksum: 0)
        let error = failure(zip)
        #expect(error?.code == .tooLarge)
        #expect(error?.description.contains("unpacks to far more than its size") == true)
    }

    @Test func manyPartsCountTogether() {
        var zip = OfficeZIP()
        let zeros = [UInt8](repeating: 0, count: 1_000_000)
        let (deflated, checksum) = (OfficeZIP.deflatedZeros(zeros.count), OfficeZIP.checksum(zeros))
        for number in 0..<12 {
            zip.add("\(number).xml", deflated, deflated: true, size: zeros.count, checksum: checksum)
        }
        #expect(failure(zip)?.code == .tooLarge)
    }

    @Test func aBombThatIsNotWantedStaysClosed() throws {
        var zip = OfficeZIP(["a.xml": "text"])
        zip.add("bomb.bin", OfficeZIP.deflatedZeros(12_000_000), deflated: true, size: 12_000_000, checksum: 0)
        #expect(try read(zip) { $0 == "a.xml" }["a.xml"] == Array("text".utf8))
    }

    /// Its header says ten bytes, the stream gives twelve million.
    @Test func aClaimedSizeIsNotBelieved() {
        var zip = OfficeZIP()
        zip.add("a.xml", OfficeZIP.deflatedZeros(12_000_000), deflated: true, size: 10, checksum: 0)
        #expect([.tooLarge, .broken].contains(failure(zip)?.code))
    }

    @Test func aHugeClaimTakesNoMemory() {
        var zip = OfficeZIP()
        zip.add("a.xml", OfficeZIP.deflatedZeros(1000), deflated: true, size: 4_000_000_000, checksum: 0)
        #expect(failure(zip) == .broken("Word document"))
    }

    @Test func tooManyEntriesAreRefused() {
        var zip = OfficeZIP()
        for number in 0...ZIPParts.entryLimit { zip.add("\(number)", []) }
        #expect(failure(zip)?.code == .tooLarge)
    }

    @Test(arguments: ["../../etc/passwd", "word/../../x", "/etc/passwd", "\\\\server\\x", "C:\\x", "word\\..\\x"])
    func placesOutsideAreRefused(_ name: String) {
        let error = failure(OfficeZIP([name: "x"]))
        #expect(error?.description.contains("names places outside itself") == true)
    }

    @Test func anArchiveInsideIsAPartLikeAnyOther() throws {
        let inner = OfficeZIP(["inner.xml": "x"]).finished
        var zip = OfficeZIP()
        zip.add("inner.docx", inner)
        let parts = try read(zip)
        #expect(parts["inner.docx"] == inner)
        #expect(parts.names == ["inner.docx"])
    }

    @Test func aWrongChecksumIsDamage() {
        var zip = OfficeZIP()
        zip.add("a.xml", Array("text".utf8), checksum: 1)
        #expect(failure(zip) == .broken("Word document"))
    }

    @Test func encryptedPartsAreNamed() {
        var zip = OfficeZIP()
        zip.add("a.xml", Array("secret".utf8), flags: 1)
        #expect(failure(zip) == .encryptedOffice)
    }

    /// Every cut of a small container is refused, and every changed byte is survived.
    @Test func damageOfEveryKindIsSurvived() throws {
        let whole = OfficeZIP(["a.xml": "some text", "b/c.xml": "more"]).finished
        for length in 0..<whole.count {
            let path = try folder.write(whole.prefix(length), to: "cut.docx")
            #expect(throws: IngestError.self) { try ZIPParts.read(path: path) { _ in true } }
        }
        for position in whole.indices {
            for value: UInt8 in [0x00, 0x7f, 0xff] {
                var changed = whole
                changed[position] = value
                let path = try folder.write(changed, to: "changed.docx")
                if let parts = try? ZIPParts.read(path: path, wanted: { _ in true }) { #expect(parts.names.count <= 2) }
            }
        }
    }

    @Test func randomBytesAreNoArchive() throws {
        var numbers = LinearCongruential(seed: 7)
        let noise = (0..<4096).map { _ in UInt8.random(in: 0...255, using: &numbers) }
        for bytes in [noise, [], Array("PK\u{3}\u{4}".utf8) + noise] {
            let path = try folder.write(bytes, to: "noise.docx")
            #expect(throws: IngestError.broken("ZIP archive")) { try ZIPParts.read(path: path) { _ in true } }
        }
    }
}
