// swift-tools-version: 6.0
import PackageDescription

// The rooms of the house and their arrows; docs in ARCHITECTURE.md, held by Tests/ArchitectureTests.
// No Swift packages: C libraries come in by pkg-config, each through one module map.
let package = Package(
    name: "gepeto",
    products: [
        .executable(name: "gepeto", targets: ["gepeto"]),
        .executable(name: "gepeto-lambda", targets: ["gepeto-lambda"]),
    ],
    targets: [
        // C libraries and C code.
        .systemLibrary(
            name: "CSQLite", path: "Sources/CSQLite", pkgConfig: "sqlite3", providers: [.apt(["libsqlite3-dev"])]),
        .systemLibrary(
            name: "CCurl", path: "Sources/CCurl", pkgConfig: "libcurl",
            providers: [.apt(["libcurl4-openssl-dev"])]),
        .systemLibrary(
            name: "CCrypto", path: "Sources/CCrypto", pkgConfig: "libcrypto", providers: [.apt(["libssl-dev"])]),
        .systemLibrary(name: "CLinux", path: "Sources/CLinux"),
        .systemLibrary(
            name: "CArchive", path: "Sources/CArchive", pkgConfig: "libarchive", providers: [.apt(["libarchive-dev"])]),
        .systemLibrary(
            name: "CXML", path: "Sources/CXML", pkgConfig: "libxml-2.0", providers: [.apt(["libxml2-dev"])]),
        .target(name: "CKernels", path: "Sources/CKernels"),

        // Leaf tools.
        .target(name: "Support", dependencies: ["CCrypto"]),

        // Retrieval and ingestion.
        .target(name: "SQLite", dependencies: ["Support", "CSQLite"]),
        .target(name: "Embedding", dependencies: ["Support", "CKernels"]),
        .target(name: "CourseStore", dependencies: ["Support", "SQLite", "CKernels"]),
        .target(name: "Extraction", dependencies: ["Support", "CLinux", "CArchive", "CXML"]),
        .target(name: "Ingest", dependencies: ["Support", "Extraction", "CourseStore", "Embedding"]),
        .target(name: "Retrieval", dependencies: ["Support", "CourseStore", "Embedding"]),

        // The question's way.
        .target(name: "HTTPClient", dependencies: ["Support", "CCurl"]),
        .target(name: "Redis", dependencies: ["Support", "HTTPClient"]),
        .target(name: "LLM", dependencies: ["Support", "HTTPClient"]),
        .target(name: "AWS", dependencies: ["Support", "HTTPClient"]),
        .target(name: "Exporters", dependencies: ["Support", "HTTPClient"]),
        .target(name: "WebServer", dependencies: ["Support", "CLinux"]),
        .target(name: "ChatService", dependencies: ["Support", "Retrieval", "Ingest", "LLM", "WebServer"]),
        .target(
            name: "ChatAdapters", dependencies: ["Support", "ChatService", "SQLite", "HTTPClient", "AWS", "Redis"]),

        // The program.
        .target(
            name: "Commands",
            dependencies: [
                "Support", "SQLite", "Embedding", "CourseStore", "Extraction", "Ingest", "Retrieval", "HTTPClient",
                "LLM",
                "AWS", "Exporters", "Redis",
                "WebServer",
                "ChatService", "ChatAdapters",
            ]),
        .executableTarget(name: "gepeto", dependencies: ["Commands"]),

        // The function behind API Gateway.
        .target(
            name: "Lambda", dependencies: ["Support", "HTTPClient", "WebServer", "ChatService", "ChatAdapters"],
            path: "lambda/Sources/Lambda"),
        .executableTarget(
            name: "gepeto-lambda", dependencies: ["Support", "HTTPClient", "Commands", "Lambda"],
            path: "lambda/Sources/gepeto-lambda"),

        // Tests: a folder a module, and those that look at the whole house.
        .target(
            name: "TestSupport", dependencies: ["Support", "Embedding", "Ingest", "LLM", "Retrieval", "ChatService"],
            path: "Tests/TestSupport"),
        .testTarget(name: "ArchitectureTests"),
        .testTarget(name: "SupportTests", dependencies: ["Support", "TestSupport"], exclude: ["Fixtures"]),
        .testTarget(name: "SQLiteTests", dependencies: ["SQLite", "TestSupport"]),
        .testTarget(
            name: "EmbeddingTests", dependencies: ["Embedding", "CKernels", "TestSupport"], exclude: ["Fixtures"]),
        .testTarget(
            name: "CourseStoreTests", dependencies: ["CourseStore", "CKernels", "SQLite", "TestSupport"],
            exclude: ["Fixtures"]),
        .testTarget(name: "ExtractionTests", dependencies: ["Extraction", "TestSupport"]),
        .testTarget(name: "IngestTests", dependencies: ["Ingest", "Extraction", "TestSupport"], exclude: ["Fixtures"]),
        .testTarget(
            name: "RetrievalTests", dependencies: ["Retrieval", "CourseStore", "Embedding", "TestSupport"],
            exclude: ["Fixtures"]),
        .testTarget(name: "HTTPClientTests", dependencies: ["HTTPClient", "TestSupport"]),
        .testTarget(name: "RedisTests", dependencies: ["Redis", "HTTPClient", "TestSupport"]),
        .testTarget(name: "AWSTests", dependencies: ["AWS", "TestSupport"], exclude: ["Fixtures"]),
        .testTarget(name: "ExportersTests", dependencies: ["Exporters", "HTTPClient", "TestSupport"]),
        .testTarget(name: "LLMTests", dependencies: ["LLM", "TestSupport"], exclude: ["Fixtures"]),
        .testTarget(name: "WebServerTests", dependencies: ["WebServer", "TestSupport"]),
        .testTarget(
            name: "ChatServiceTests",
            dependencies: [
                "ChatService", "ChatAdapters", "CourseStore", "Ingest", "SQLite", "WebServer", "TestSupport",
            ]),
        .testTarget(
            name: "ChatAdaptersTests",
            dependencies: ["ChatAdapters", "AWS", "HTTPClient", "Redis", "SQLite", "TestSupport"]),
        .testTarget(
            name: "FaultTests",
            dependencies: ["ChatService", "ChatAdapters", "CourseStore", "LLM", "Retrieval", "SQLite", "TestSupport"]),
        .testTarget(
            name: "CommandsTests",
            dependencies: [
                "AWS", "Commands", "ChatService", "ChatAdapters", "CourseStore", "Extraction", "Ingest", "WebServer",
                "TestSupport",
            ]),
        .testTarget(
            name: "LambdaTests",
            dependencies: [
                "Lambda", "AWS", "ChatAdapters", "ChatService", "Commands", "HTTPClient", "Ingest", "Redis",
                "WebServer",
                "TestSupport",
            ],
            exclude: ["Fixtures"]),
        .testTarget(
            name: "FuzzTests", dependencies: ["WebServer", "HTTPClient", "Redis", "ChatService"],
            path: "Tests/Fuzz/Targets"),
        .testTarget(
            name: "EndToEndTests",
            dependencies: [
                "ChatAdapters", "ChatService", "Commands", "CourseStore", "Extraction", "TestSupport", "gepeto",
            ]),
    ]
)
