import CArchive
import Glibc

/// The parts of a ZIP container that a reader wants, inflated into memory by libarchive, within limits.
///
/// The central directory is the truth: a file that was cut off has none and is refused. Archives inside are parts like
/// any other and are never opened.
struct ZIPParts {
    static let entryLimit = 10_000
    /// Bytes of all wanted parts together.
    static let totalLimit = 200_000_000
    /// Bytes of one part.
    static let partLimit = 100_000_000
    /// How many times the file's size its parts may have, once they are beyond `ratioFloor` bytes. The XML of real
    /// documents shrinks to a tenth, at most to a fiftieth.
    static let ratioLimit = 200
    static let ratioFloor = 10_000_000

    /// The names of all entries but folders, in the order of the file, also of those not wanted.
    private(set) var names: [String] = []
    private var parts: [String: [UInt8]] = [:]
    /// The names as they are written, by their lower case: part names do not tell cases apart (ECMA-376-2, 6.2.2).
    private var spelling: [String: String] = [:]

    /// The content of a wanted part.
    subscript(name: String) -> [UInt8]? { parts[name] ?? spelling[name.lowercased()].flatMap { parts[$0] } }

    /// Whether there is an entry of this name, wanted or not.
    func contains(_ name: String) -> Bool { spelling[name.lowercased()] != nil }

    /// - Parameters:
    ///   - what: what the file is to a person, for the reason of a failure: `Word document`.
    ///   - wanted: asked for each entry; what is not wanted is skipped and not inflated.
    /// - Throws: `broken`, `encrypted`, `tooLarge`.
    static func read(
        path: String, what: String = "ZIP archive", wanted: (String) -> Bool
    ) throws(IngestError) -> ZIPParts {
        let size = try FileReading.regularFileSize(path)
        // Names are in UTF-8, whatever the environment of this process says.
        let locale = newlocale(Int32(LC_CTYPE_MASK), "C.UTF-8", nil)
        let former = uselocale(locale)
        defer {
            uselocale(former)
            freelocale(locale)
        }
        guard let archive = archive_read_new() else { throw .outOfMemory }
        defer { archive_read_free(archive) }
        archive_read_support_format_zip_seekable(archive)
        // Names without the flag that says UTF-8 are so, too, or ASCII.
        archive_read_set_options(archive, "hdrcharset=UTF-8")
        guard archive_read_open_filename(archive, path, 65_536) == ARCHIVE_OK else { throw .broken(what) }
        var parts = ZIPParts()
        try parts.read(archive, size: size, what: what, wanted: wanted)
        return parts
    }

    private mutating func read(
        _ archive: OpaquePointer, size: Int, what: String, wanted: (String) -> Bool
    ) throws(IngestError) {
        var entry: OpaquePointer?
        var count = 0
        var left = min(Self.totalLimit, max(Self.ratioFloor, size.multipliedReportingOverflow(by: Self.ratioLimit).0))
        while true {
            let code = archive_read_next_header(archive, &entry)
            if code == ARCHIVE_EOF { break }
            guard code == ARCHIVE_OK || code == ARCHIVE_WARN, let entry, let name = Self.name(of: entry) else {
                throw .broken(what)
            }
            count += 1
            guard count <= Self.entryLimit else { throw .harmful(what, "holds more than \(Self.entryLimit) parts") }
            guard Self.isSafe(name) else { throw .harmful(what, "names places outside itself") }
            if name.hasSuffix("/") { continue }
            names.append(name)
            guard spelling.updateValue(name, forKey: name.lowercased()) == nil, wanted(name) else { continue }
            guard archive_entry_is_encrypted(entry) == 0 else { throw .encryptedOffice }
            let bytes = try Self.content(of: archive, limit: min(left, Self.partLimit), what: what)
            left -= bytes.count
            parts[name] = bytes
        }
        guard count > 0 else { throw .broken(what) }
    }

    /// With `/` between folders, whatever the program that wrote it used.
    private static func name(of entry: OpaquePointer) -> String? {
        guard let raw = archive_entry_pathname_utf8(entry) ?? archive_entry_pathname(entry) else { return nil }
        let name = String(cString: raw)
        return name.utf8.contains(UInt8(ascii: "\\")) ? String(name.map { $0 == "\\" ? "/" : $0 }) : name
    }

    /// Nothing is ever written under these names, but who writes them means harm.
    private static func isSafe(_ name: String) -> Bool {
        !name.isEmpty && !name.hasPrefix("/") && !name.split(separator: "/").contains("..")
            && !name.utf8.dropFirst().starts(with: [UInt8(ascii: ":")])
    }

    /// Inflates the entry at hand. What its header claims of its size is not believed.
    private static func content(
        of archive: OpaquePointer, limit: Int, what: String
    ) throws(IngestError) -> [UInt8] {
        var bytes: [UInt8] = []
        while true {
            let (count, isTooMuch) = withUnsafeTemporaryAllocation(byteCount: 131_072, alignment: 16) {
                buffer -> (Int, Bool) in
                let count = archive_read_data(archive, buffer.baseAddress, buffer.count)
                guard count > 0 else { return (count, false) }
                guard bytes.count + count <= limit else { return (count, true) }
                bytes.append(contentsOf: UnsafeRawBufferPointer(rebasing: buffer[..<count]))
                return (count, false)
            }
            guard !isTooMuch else { throw .harmful(what, "unpacks to far more than its size") }
            if count == 0 { return bytes }
            guard count > 0 else { throw .broken(what) }
        }
    }
}
