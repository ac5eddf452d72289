// swift-tools-version: 6.0
import PackageDescription

// The room AWS and what it needs, with a harness around it; `Sources` is a link to the program's own.
let package = Package(
    name: "aws-benchmark",
    targets: [
        .systemLibrary(name: "CCrypto", path: "Sources/CCrypto", pkgConfig: "libcrypto"),
        .systemLibrary(name: "CCurl", path: "Sources/CCurl", pkgConfig: "libcurl"),
        .target(name: "Support", dependencies: ["CCrypto"], path: "Sources/Support"),
        .target(name: "HTTPClient", dependencies: ["Support", "CCurl"], path: "Sources/HTTPClient"),
        .target(name: "AWS", dependencies: ["Support", "HTTPClient"], path: "Sources/AWS"),
        .executableTarget(name: "Harness", dependencies: ["AWS", "HTTPClient", "Support"], path: "Harness"),
    ]
)
