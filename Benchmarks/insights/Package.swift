// swift-tools-version: 6.0
import PackageDescription

// What groups questions, with a harness for topics.py; `Sources` is a link to the program's own.
let package = Package(
    name: "insights-benchmark",
    targets: [
        .systemLibrary(name: "CCrypto", path: "Sources/CCrypto", pkgConfig: "libcrypto"),
        .target(name: "Support", dependencies: ["CCrypto"], path: "Sources/Support"),
        .target(
            name: "Topics", dependencies: ["Support"], path: "Sources/ChatService/Insights",
            sources: ["Agglomeration.swift", "AskedText.swift", "TopicLikeness.swift"],
            // The harness tries other thresholds, which are nobody else's business.
            swiftSettings: [.unsafeFlags(["-enable-testing"])]),
        .executableTarget(name: "TopicHarness", dependencies: ["Topics", "Support"], path: "TopicHarness"),
    ]
)
