import Foundation
import Testing

/// Holds the import lines of the sources against the arrows of ARCHITECTURE.md.
@Suite struct ArrowsTests {
    /// Who may import whom; every Swift room may also import Support and the system modules.
    static let arrows: [String: Set<String>] = [
        "Support": ["CCrypto"],
        "SQLite": ["CSQLite"],
        "HTTPClient": ["CCurl"],
        "WebServer": ["CLinux"],
        "Embedding": ["CKernels"],
        "CourseStore": ["SQLite", "CKernels"],
        "Extraction": ["CLinux", "CArchive", "CXML"],
        "Ingest": ["Extraction", "CourseStore", "Embedding"],
        "Retrieval": ["CourseStore", "Embedding"],
        "Redis": ["HTTPClient"],
        "LLM": ["HTTPClient"],
        "AWS": ["HTTPClient"],
        "Exporters": ["HTTPClient"],
        "ChatService": ["Retrieval", "Ingest", "LLM", "WebServer"],
        "ChatAdapters": ["ChatService", "SQLite", "HTTPClient", "AWS", "Redis"],
        "Commands": [
            "SQLite", "HTTPClient", "WebServer", "Embedding", "CourseStore", "Extraction", "Ingest", "Retrieval",
            "LLM",
            "AWS", "Exporters", "Redis",
            "ChatService",
            "ChatAdapters",
        ],
        "gepeto": ["Commands"],
        "Lambda": ["HTTPClient", "WebServer", "ChatService", "ChatAdapters"],
        "gepeto-lambda": ["HTTPClient", "Commands", "Lambda"],
    ]

    /// The whole of Foundation is not among them: it would make a static binary four times as large.
    static let systemModules: Set<String> = ["Glibc", "Dispatch", "FoundationEssentials", "Synchronization"]

    static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    struct Source: Sendable {
        let room: String
        let path: String
        let imports: [String]
        let lines: Int
    }

    static func sources() throws -> [Source] {
        try ["Sources", "lambda/Sources"].flatMap { try sources(in: root.appending(path: $0)) }
    }

    private static func sources(in folder: URL) throws -> [Source] {
        let paths = try FileManager.default.subpathsOfDirectory(atPath: folder.path()).filter { $0.hasSuffix(".swift") }
        return try paths.sorted().map { path in
            let text = try String(contentsOf: folder.appending(path: path), encoding: .utf8)
            let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
            let imports = lines.compactMap { line -> String? in
                let words = line.split(separator: " ")
                guard let index = words.firstIndex(of: "import"), words[..<index].allSatisfy({ $0.hasPrefix("@") })
                else {
                    return nil
                }
                return words.last.map(String.init)
            }
            return Source(
                room: String(path.split(separator: "/")[0]), path: path, imports: imports, lines: lines.count)
        }
    }

    @Test func everyRoomIsKnown() throws {
        let rooms = Set(try Self.sources().map(\.room))
        #expect(rooms == Set(Self.arrows.keys))
    }

    @Test func importsFollowTheArrows() throws {
        var checked = 0
        for source in try Self.sources() {
            let allowed = Self.arrows[source.room, default: []].union(Self.systemModules).union(["Support"])
            for name in source.imports {
                checked += 1
                #expect(
                    allowed.contains(name), "\(source.path) imports \(name), which has no arrow from \(source.room)")
            }
        }
        #expect(checked > 100, "the test reads import lines; it found only \(checked)")
    }

    @Test func thePackageDeclaresTheSameArrows() throws {
        let manifest = try String(contentsOf: Self.root.appending(path: "Package.swift"), encoding: .utf8)
            .split(whereSeparator: \.isWhitespace).joined(separator: " ")
        for (room, targets) in Self.arrows {
            let kind = room.hasPrefix("gepeto") ? ".executableTarget(" : ".target("
            let parts = manifest.components(separatedBy: kind).filter {
                $0.drop(while: { $0 == " " }).hasPrefix("name: \"\(room)\"")
            }
            let declaration = try #require(parts.first, "\(room) is not in Package.swift")
            let list = try #require(declaration.firstRange(of: "dependencies: ["))
            let names = declaration[list.upperBound...].prefix { $0 != "]" }
                .split { ", \"".contains($0) }.map(String.init)
            #expect(Set(names).subtracting(["Support"]) == targets, "Package.swift and the arrows differ for \(room)")
        }
    }

    @Test func filesStayReadable() throws {
        for source in try Self.sources() {
            #expect(source.lines <= 350, "\(source.path) has \(source.lines) lines: is there a second idea inside?")
        }
    }
}
