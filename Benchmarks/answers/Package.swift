// swift-tools-version: 6.0
import PackageDescription

// The extractive answerer and what it needs, with a harness for the scripts; `Sources` is a link to the program's own.
let package = Package(
    name: "answers-benchmark",
    targets: [
        .systemLibrary(name: "CCrypto", path: "Sources/CCrypto", pkgConfig: "libcrypto"),
        .systemLibrary(name: "CCurl", path: "Sources/CCurl", pkgConfig: "libcurl"),
        .target(name: "CKernels", path: "Sources/CKernels"),
        .target(name: "Support", dependencies: ["CCrypto"], path: "Sources/Support"),
        .target(name: "Embedding", dependencies: ["Support", "CKernels"], path: "Sources/Embedding"),
        .target(name: "HTTPClient", dependencies: ["Support", "CCurl"], path: "Sources/HTTPClient"),
        .target(
            name: "LLM", dependencies: ["Support", "HTTPClient"], path: "Sources/LLM",
            // The harness tells the signals of sentences, which are nobody else's business.
            swiftSettings: [.unsafeFlags(["-enable-testing"])]),
        .executableTarget(
            name: "QuoteHarness", dependencies: ["LLM", "Embedding", "Support"], path: "QuoteHarness"),
    ]
)
