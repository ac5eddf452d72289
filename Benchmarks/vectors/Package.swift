// swift-tools-version: 6.0
import PackageDescription

// The course file and what it needs, with a harness around it; `Sources` is a link to the program's own.
let package = Package(
    name: "vector-benchmark",
    targets: [
        .systemLibrary(name: "CCrypto", path: "Sources/CCrypto", pkgConfig: "libcrypto"),
        .systemLibrary(name: "CSQLite", path: "Sources/CSQLite", pkgConfig: "sqlite3"),
        .target(name: "CKernels", path: "Sources/CKernels"),
        .target(name: "Support", dependencies: ["CCrypto"], path: "Sources/Support"),
        .target(name: "SQLite", dependencies: ["Support", "CSQLite"], path: "Sources/SQLite"),
        .target(name: "CourseStore", dependencies: ["Support", "SQLite", "CKernels"], path: "Sources/CourseStore"),
        .executableTarget(name: "Harness", dependencies: ["CourseStore", "Support"], path: "Harness"),
    ]
)
