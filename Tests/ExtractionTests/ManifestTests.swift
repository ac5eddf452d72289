import Support
import TestSupport
import Testing

@testable import Extraction

/// Every awkward file does what its manifest expects.
@Suite struct ManifestTests {
    /// Only for a process with limits on itself.
    private static let hostile = ["bomb_giant.pdf"]

    @Test(arguments: try ManifestEntry.all().filter { !hostile.contains($0.file) })
    func doesWhatIsExpected(_ entry: ManifestEntry) throws {
        let result = Result { () throws(IngestError) in
            var tools = PDFTools()
            tools.recognition = nil
            return try DocumentExtractor.extract(path: DocumentFixture.path(entry.file), tools: tools)
        }
        switch entry.expect {
        case "text":
            let document = try result.get()
            var text = Self.collapsed(document.text)
            if entry.phraseWithoutSpaces == true { text = text.filter { $0 != " " } }
            #expect(text.contains(Self.collapsed(entry.phrase ?? "")))
            if let unwanted = entry.mustNotAppear { #expect(!text.contains(unwanted)) }
            #expect(document.isConsistent)
        case "empty", "ocr":
            // A picture's text is there where tesseract is; `TextRecognitionTests` reads it.
            #expect([.empty, .noText].contains(Self.code(result)))
        case "reject":
            #expect(Self.code(result) != nil)
        default:
            if let document = try? result.get() { #expect(document.isConsistent) }
        }
    }

    @Test func reasonsSayWhatToDo() {
        let expected: [String: IngestError] = [
            "empty.txt": .empty, "empty.pdf": .blankPages,
            "libreoffice-writer-password.pdf": .encrypted, "poppler-85140-0.pdf": .broken("PDF"),
            "testWORD_protected_passtika.docx": .encryptedOffice,
            "random.bin": .unsupported("Binary .bin"), "testXXE.xml": .unsupported("XML"),
            "testZIP_corrupted_oom.zip": .broken("ZIP archive"), "droste.zip": .unsupported("ZIP archive"),
            "testWORD_truncated.docx": .broken("Word document"),
        ]
        for (file, error) in expected {
            #expect(throws: error, "\(file)") { try DocumentExtractor.extract(path: DocumentFixture.path(file)) }
        }
        #expect(throws: IngestError.unreadable("there is no such file")) {
            try DocumentExtractor.extract(path: DocumentFixture.path("nowhere.pdf"))
        }
        #expect(throws: IngestError.unreadable("it is not a regular file")) {
            try DocumentExtractor.extract(path: "/dev/zero")
        }
    }

    private static func code(_ result: Result<ExtractedDocument, IngestError>) -> IngestError.Code? {
        if case .failure(let error) = result { return error.code }
        return nil
    }

    private static func collapsed(_ text: String) -> String { TextCleaner.collapsingWhiteSpace(text) }
}
