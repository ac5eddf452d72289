import Glibc

/// What the process takes of its machine, under the names that Prometheus's own clients use.
package struct ProcessFigures: Sendable {
    private let started: Timestamp
    private let begin: Duration
    private let time: any TimeSource

    /// - Parameter time: its moment of making counts as the process's start.
    package init(time: any TimeSource = SystemTime()) {
        self.time = time
        started = time.now
        begin = time.elapsed
    }

    package var families: [MetricFamily] {
        let memory = Self.memory()
        return [
            .gauge("process_resident_memory_bytes", "Memory of the process in RAM.", memory.resident),
            .gauge("process_virtual_memory_bytes", "Address space of the process.", memory.virtual),
            .gauge("process_threads", "Threads of the process.", memory.threads),
            .gauge("process_open_fds", "Open file descriptors.", Self.openDescriptors()),
            .gauge("process_max_fds", "File descriptors that may be open.", Self.descriptorLimit()),
            MetricFamily(
                .counter, "process_cpu_seconds_total", "Processor time, of the user and of the system.",
                Self.processorSeconds().map { [MetricFamily.Sample($0)] } ?? []),
            .gauge(
                "process_start_time_seconds", "When the process started, in seconds since 1970.",
                Double(started.milliseconds) / 1000),
            .gauge(
                "gepeto_uptime_seconds", "Time since the start, by a clock that never jumps.",
                (time.elapsed - begin).inSeconds),
        ]
    }

    /// From /proc/self/status, whose sizes are in KiB (proc(5)).
    private static func memory() -> (resident: Double?, virtual: Double?, threads: Double?) {
        let text = text(of: "/proc/self/status")
        func number(_ field: String) -> Double? {
            let line = text.split(separator: "\n").first { $0.hasPrefix(field + ":") }
            return line?.dropFirst(field.count + 1).split(whereSeparator: \.isWhitespace).first.flatMap { Double($0) }
        }
        return (number("VmRSS").map { $0 * 1024 }, number("VmSize").map { $0 * 1024 }, number("Threads"))
    }

    private static func text(of path: String) -> String {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return "" }
        defer { close(descriptor) }
        var bytes = [UInt8](repeating: 0, count: 8 << 10)
        let count = read(descriptor, &bytes, bytes.count)
        return String(decoding: bytes.prefix(max(count, 0)), as: UTF8.self)
    }

    private static func openDescriptors() -> Double? {
        guard let folder = opendir("/proc/self/fd") else { return nil }
        defer { closedir(folder) }
        var count = 0
        while readdir(folder) != nil { count += 1 }
        // Without `.`, `..` and the folder itself.
        return Double(max(count - 3, 0))
    }

    private static func descriptorLimit() -> Double? {
        var limit = rlimit()
        guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return nil }
        return Double(limit.rlim_cur)
    }

    private static func processorSeconds() -> Double? {
        var usage = rusage()
        guard getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage) == 0 else { return nil }
        func seconds(_ time: timeval) -> Double { Double(time.tv_sec) + Double(time.tv_usec) / 1e6 }
        return seconds(usage.ru_utime) + seconds(usage.ru_stime)
    }
}
