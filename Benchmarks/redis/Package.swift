// swift-tools-version: 6.0
import PackageDescription

// The client of Redis alone; `Sources` is a link to the program's own.
let package = Package(
    name: "redis-benchmark",
    targets: [
        .systemLibrary(name: "CCurl", pkgConfig: "libcurl"),
        .systemLibrary(name: "CCrypto", pkgConfig: "libcrypto"),
        .target(name: "Support", dependencies: ["CCrypto"]),
        .target(name: "HTTPClient", dependencies: ["Support", "CCurl"]),
        .target(name: "Redis", dependencies: ["Support", "HTTPClient"]),
        .executableTarget(name: "Harness", dependencies: ["Redis", "Support"], path: "Harness"),
    ]
)
