import Foundation

@testable import Lambda

/// The events in `Fixtures`.
enum EventFixture {
    static func bytes(_ name: String) throws -> [UInt8] {
        let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Fixtures")
        return Array(try Data(contentsOf: folder.appending(path: name + ".json")))
    }

    static func event(_ name: String) throws -> GatewayEvent { try GatewayEvent(bytes(name)) }

    /// The same with other fields; a path as `requestContext.stage`, and nil to take a field out.
    static func bytes(_ name: String, _ changes: [String: Any?]) throws -> [UInt8] {
        var object = try JSONSerialization.jsonObject(with: Data(bytes(name))) as? [String: Any] ?? [:]
        for (path, value) in changes { set(value, path.split(separator: "."), in: &object) }
        return Array(try JSONSerialization.data(withJSONObject: object))
    }

    private static func set(_ value: Any?, _ path: [Substring], in object: inout [String: Any]) {
        let name = String(path[0])
        guard path.count > 1 else {
            object[name] = value
            return
        }
        var inner = object[name] as? [String: Any] ?? [:]
        set(value, Array(path.dropFirst()), in: &inner)
        object[name] = inner
    }
}
