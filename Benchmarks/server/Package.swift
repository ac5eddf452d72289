// swift-tools-version: 6.0
import PackageDescription

// The program itself, as a release, and beside it a harness with its server and routes; `Sources` is a link to the program's own.
let package = Package(
    name: "server-benchmark",
    targets: [
        .systemLibrary(name: "CSQLite", pkgConfig: "sqlite3"),
        .systemLibrary(name: "CCurl", pkgConfig: "libcurl"),
        .systemLibrary(name: "CCrypto", pkgConfig: "libcrypto"),
        .systemLibrary(name: "CLinux"),
        .systemLibrary(name: "CArchive", pkgConfig: "libarchive"),
        .systemLibrary(name: "CXML", pkgConfig: "libxml-2.0"),
        .target(name: "CKernels"),
        .target(name: "Support", dependencies: ["CCrypto"]),
        .target(name: "SQLite", dependencies: ["Support", "CSQLite"]),
        .target(name: "Embedding", dependencies: ["Support", "CKernels"]),
        .target(name: "CourseStore", dependencies: ["Support", "SQLite", "CKernels"]),
        .target(name: "Extraction", dependencies: ["Support", "CLinux", "CArchive", "CXML"]),
        .target(name: "Ingest", dependencies: ["Support", "Extraction", "CourseStore", "Embedding"]),
        .target(name: "Retrieval", dependencies: ["Support", "CourseStore", "Embedding"]),
        .target(name: "HTTPClient", dependencies: ["Support", "CCurl"]),
        .target(name: "LLM", dependencies: ["Support", "HTTPClient"]),
        .target(name: "WebServer", dependencies: ["Support", "CLinux"]),
        .target(name: "ChatService", dependencies: ["Support", "Retrieval", "Ingest", "LLM", "WebServer"]),
        .target(name: "AWS", dependencies: ["Support", "HTTPClient"]),
        .target(name: "Redis", dependencies: ["Support", "HTTPClient"]),
        .target(
            name: "ChatAdapters", dependencies: ["Support", "ChatService", "SQLite", "HTTPClient", "AWS", "Redis"]),
        .target(
            name: "Commands",
            dependencies: [
                "Support", "SQLite", "Embedding", "CourseStore", "Extraction", "Ingest", "Retrieval", "HTTPClient",
                "LLM", "WebServer", "ChatService", "ChatAdapters",
            ],
            // The harness looks into it, to take the program's own parts.
            swiftSettings: [.unsafeFlags(["-enable-testing"])]),
        .executableTarget(name: "gepeto", dependencies: ["Commands"]),
        .executableTarget(
            name: "Harness",
            dependencies: ["Support", "Ingest", "HTTPClient", "WebServer", "ChatService", "ChatAdapters", "Commands"],
            path: "Harness"),
    ]
)
