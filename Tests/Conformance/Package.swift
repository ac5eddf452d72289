// swift-tools-version: 6.0
import PackageDescription

// The web server and what it needs, with an echo around it; `Sources` is a link to the program's own. Not a product:
// only scripts/conformance builds it.
let package = Package(
    name: "conformance",
    targets: [
        .systemLibrary(name: "CCrypto", path: "Sources/CCrypto", pkgConfig: "libcrypto"),
        .systemLibrary(name: "CLinux", path: "Sources/CLinux"),
        .target(name: "Support", dependencies: ["CCrypto"], path: "Sources/Support"),
        .target(name: "WebServer", dependencies: ["Support", "CLinux"], path: "Sources/WebServer"),
        .executableTarget(name: "EchoServer", dependencies: ["WebServer", "Support"], path: "EchoServer"),
    ]
)
