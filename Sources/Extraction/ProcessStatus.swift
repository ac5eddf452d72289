/// What the kernel says of a process: /proc/<pid>/status, proc(5).
enum ProcessStatus {
    /// The value behind `name`, for example `VmHWM`: its words; empty when there is no such process or field.
    /// - Parameter process: a number, or `self`.
    static func words(_ name: String, of process: String = "self") -> [Substring] {
        guard let status = try? FileReading.bytes(of: "/proc/\(process)/status", limit: 4_096) else { return [] }
        for line in String(decoding: status, as: UTF8.self).split(separator: "\n") where line.hasPrefix(name + ":") {
            return line.dropFirst(name.count + 1).split(whereSeparator: \.isWhitespace)
        }
        return []
    }
}
