import Foundation

/// A folder of one test's own, deleted with the value.
package final class TemporaryFolder: Sendable {
    package let path: String

    /// - Parameter parent: where to make it; nil for the system's temporary folder.
    package init(in parent: String? = nil) throws {
        let above = parent.map { URL(fileURLWithPath: $0) } ?? FileManager.default.temporaryDirectory
        let url = above.appendingPathComponent("gepeto-test-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
        path = url.path
    }

    deinit {
        // A folder that cannot be deleted harms nobody.
        try? FileManager.default.removeItem(atPath: path)
    }

    /// The path of `name` in the folder.
    package func file(_ name: String) -> String { "\(path)/\(name)" }

    /// Writes a file, with the folders above it.
    @discardableResult
    package func write(_ bytes: some Sequence<UInt8>, to name: String) throws -> String {
        let url = URL(fileURLWithPath: file(name))
        try FileManager.default.createDirectory(at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(bytes).write(to: url)
        return url.path
    }

    @discardableResult
    package func write(_ name: String, _ bytes: [UInt8]) throws -> String { try write(bytes, to: name) }

    @discardableResult
    package func write(_ name: String, _ text: String) throws -> String { try write(text.utf8, to: name) }
}
