import Support

@testable import ChatService

/// Bodies in JSON and the fields in them.
enum JSONChecks {
    private static let limit = 100

    @Sendable static func check(_ bytes: [UInt8]) -> String? {
        guard let object = try? JSONValue.object(in: bytes) else { return nil }
        let again = Array(text(.object(object)).utf8)
        guard let second = try? JSONValue.object(in: again), second == object else {
            return "\(object) is not the same after it was written"
        }
        var reader = FieldReader(object)
        let message = reader.text("message", limit: limit)
        let hasFailed = !reader.errors.isEmpty
        guard hasFailed || (1...limit).contains(message.unicodeScalars.count) else { return "the message '\(message)'" }
        if let course = reader.course() {
            guard (try? CourseID(course.name)) == course else { return "the course \(course)" }
        }
        _ = reader.mode()
        if let id = reader.traceID(), !(1...64).contains(id.utf8.count) { return "the trace id \(id)" }
        for name in object.keys { _ = reader.string(name) }
        let failed = (try? reader.check()) == nil
        return failed == reader.errors.isEmpty ? "errors are lost" : nil
    }

    private static func text(_ value: JSONValue) -> String {
        switch value {
        case .null: "null"
        case .bool(let flag): "\(flag)"
        case .number(let number): "\(number)"
        case .string(let string): JSONText.encode(string)
        case .array(let values): "[" + values.map(text).joined(separator: ",") + "]"
        case .object(let fields):
            "{" + fields.map { JSONText.encode($0.key) + ":" + text($0.value) }.joined(separator: ",") + "}"
        }
    }
}
