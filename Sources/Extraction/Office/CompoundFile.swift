/// OLE containers (Microsoft's MS-CFB): the old binary office formats, and the shell of encrypted new ones. None is read;
/// this tells which it is, so that the refusal helps.
enum CompoundFile {
    static func refusal(path: String) throws(IngestError) -> IngestError {
        let suffix = DocumentType.fileExtension(of: path)
        let names = try directory(of: path)
        if holds("EncryptedPackage", names) || holds("EncryptionInfo", names) { return .encryptedOffice }
        if holds("WordDocument", names) { return old("Word", saveAs: "docx") }
        if holds("PowerPoint Document", names) { return old("PowerPoint", saveAs: "pptx") }
        if holds("Workbook", names) || holds("Book", names) { return old("Excel", saveAs: "xlsx") }
        switch suffix {
        case "doc", "dot": return old("Word", saveAs: "docx")
        case "ppt", "pps", "pot": return old("PowerPoint", saveAs: "pptx")
        case "xls", "xlt": return old("Excel", saveAs: "xlsx")
        case "msg": return .unsupported("Outlook message")
        default: return .unsupported("Old Office")
        }
    }

    private static func old(_ program: String, saveAs suffix: String) -> IngestError {
        IngestError(
            .unsupported,
            "Binary \(program) files of before 2007 are not read. Open it in \(program) or LibreOffice, save it as "
                + ".\(suffix) and load that.")
    }

    /// The bytes where the directory begins (MS-CFB 2.2: sector size and first directory sector in the header), enough
    /// for the first 64 of its entries where they stand together, as nearly all programs write them.
    private static func directory(of path: String) throws(IngestError) -> [UInt8] {
        let head = try FileReading.bytes(of: path, limit: 512)
        guard head.count == 512 else { throw .broken("document") }
        let shift = Int(head[30])
        let sector = (48..<52).reversed().reduce(0) { $0 << 8 | Int(head[$1]) }
        guard shift == 9 || shift == 12 else { return [] }
        // A sector number of four bytes times 4,096 is far from an overflow.
        return try FileReading.bytes(of: path, from: (sector + 1) << shift, limit: 64 * 128)
    }

    /// Whether an entry has this name: ASCII as UTF-16, little endian, padded with zeros, 128 bytes an entry.
    private static func holds(_ name: String, _ directory: [UInt8]) -> Bool {
        let written: [UInt8] = name.utf8.flatMap { [$0, 0] } + [0, 0]
        return stride(from: 0, to: directory.count, by: 128).contains { directory[$0...].starts(with: written) }
    }
}
