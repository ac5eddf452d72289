// swift-tools-version: 6.0
import PackageDescription

// The course file, the search and what they need, with a harness for each script; `Sources` is a link to the program's own.
let package = Package(
    name: "retrieval-benchmark",
    targets: [
        .systemLibrary(name: "CCrypto", path: "Sources/CCrypto", pkgConfig: "libcrypto"),
        .systemLibrary(name: "CSQLite", path: "Sources/CSQLite", pkgConfig: "sqlite3"),
        .target(name: "CKernels", path: "Sources/CKernels"),
        .target(name: "Support", dependencies: ["CCrypto"], path: "Sources/Support"),
        .target(name: "SQLite", dependencies: ["Support", "CSQLite"], path: "Sources/SQLite"),
        .target(
            name: "CourseStore", dependencies: ["Support", "SQLite", "CKernels"], path: "Sources/CourseStore",
            // The harnesses time the parts of a search, which are nobody else's business.
            swiftSettings: [.unsafeFlags(["-enable-testing"])]),
        .target(name: "Embedding", dependencies: ["Support", "CKernels"], path: "Sources/Embedding"),
        .target(
            name: "Retrieval", dependencies: ["Support", "CourseStore", "Embedding"], path: "Sources/Retrieval",
            swiftSettings: [.unsafeFlags(["-enable-testing"])]),
        .executableTarget(
            name: "QueryHarness", dependencies: ["Retrieval", "CourseStore", "Embedding", "Support"],
            path: "QueryHarness"),
        .executableTarget(name: "LexicalHarness", dependencies: ["CourseStore", "Support"], path: "LexicalHarness"),
        .executableTarget(
            name: "VectorHarness", dependencies: ["CourseStore", "Support"], path: "VectorHarness"),
    ]
)
