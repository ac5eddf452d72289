// swift-tools-version: 6.0
import PackageDescription

// What reads bytes from strangers, with libFuzzer around it; `Sources` is a link to the program's own, of which only the
// pure parts are taken. Built by scripts/fuzz with -sanitize=fuzzer,address.
let package = Package(
    name: "fuzz",
    targets: [
        .systemLibrary(name: "CCrypto", path: "Sources/CCrypto", pkgConfig: "libcrypto"),
        .target(name: "Support", dependencies: ["CCrypto"], path: "Sources/Support"),
        .systemLibrary(name: "CLinux", path: "Sources/CLinux"),
        .target(name: "WebServer", dependencies: ["Support", "CLinux"], path: "Sources/WebServer"),
        .target(
            name: "HTTPClient", dependencies: ["Support"], path: "Sources/HTTPClient",
            sources: ["EventStreamDecoder.swift", "RetryAfter.swift"]),
        .target(
            name: "Redis", path: "Sources/Redis", sources: ["RESPParser.swift", "RESPValue.swift"]),
        .target(
            name: "ChatService", dependencies: ["Support", "WebServer"], path: "Sources/ChatService",
            sources: [
                "API/FieldReader.swift", "API/JSONReader.swift", "API/JSONValue.swift", "API/Problem.swift",
                "API/TraceContext.swift",
                "Answering/AnswerMode.swift", "Policies/DenialFacts.swift", "Ports/JSONText.swift",
            ]),
        .target(
            name: "FuzzTargets", dependencies: ["WebServer", "HTTPClient", "Redis", "ChatService"],
            path: "Targets",
            exclude: ["CorpusTests.swift"]),
        .target(name: "CFuzzer", path: "CFuzzer"),
        .executableTarget(name: "fuzz", dependencies: ["FuzzTargets", "CFuzzer"], path: "Driver"),
    ]
)
