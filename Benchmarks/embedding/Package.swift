// swift-tools-version: 6.0
import PackageDescription

// The embedder and what it needs, with a harness around it; `Sources` is a link to the program's own.
let package = Package(
    name: "embedding-benchmark",
    targets: [
        .systemLibrary(name: "CCrypto", path: "Sources/CCrypto", pkgConfig: "libcrypto"),
        .target(name: "CKernels", path: "Sources/CKernels"),
        .target(name: "Support", dependencies: ["CCrypto"], path: "Sources/Support"),
        .target(name: "Embedding", dependencies: ["Support", "CKernels"], path: "Sources/Embedding"),
        .executableTarget(name: "Harness", dependencies: ["Embedding", "Support"], path: "Harness"),
    ]
)
