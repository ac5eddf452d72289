import Glibc

/// What a process that reads a stranger's file may use. The process sets them on itself; its children inherit them.
package struct ExtractionLimits: Sendable, Equatable {
    /// Bytes of address space (RLIMIT_AS).
    package var memory: Int?
    /// Seconds of processor time (RLIMIT_CPU).
    package var cpuSeconds: Int?
    /// Bytes that may be written to one file (RLIMIT_FSIZE).
    package var fileSize: Int?
    /// Open files (RLIMIT_NOFILE).
    package var openFiles: Int?
    /// Processes and threads of this process's user (RLIMIT_NPROC; does not bind root).
    package var processes: Int?

    package init(
        memory: Int? = nil, cpuSeconds: Int? = nil, fileSize: Int? = nil, openFiles: Int? = nil, processes: Int? = nil
    ) {
        self.memory = memory
        self.cpuSeconds = cpuSeconds
        self.fileSize = fileSize
        self.openFiles = openFiles
        self.processes = processes
    }

    /// For `gepeto extract`. Its output may be sent into a file, so files may grow as long as the output may.
    package static let standard = ExtractionLimits(
        memory: 512 << 20, cpuSeconds: 60, fileSize: 96 << 20, openFiles: 64, processes: 64)

    /// Seconds between the two limits on processor time: at the first the kernel says why it ends a process (SIGXCPU), at
    /// the second it kills, which would look like a lack of memory.
    private static let cpuMargin = 5
    /// How many more processes and threads a shared user's other work may come to while a document is read.
    private static let othersMargin = 1_024
    /// What no ordinary program maps.
    private static let sanitizerSize = 1 << 40

    /// The kernel did not let a limit be set.
    package struct Refused: Error { package let what: String }

    /// Lowers the limits of this process, for good. A limit that is already lower stays; no core file is written.
    ///
    /// A build with a sanitizer maps terabytes and cannot live under a limit on memory: it is then left out, and the
    /// answer is false. A process that is large before it begins keeps half of the limit for its work.
    /// - Parameter sharesUser: whether other work is done by this process's user, which counts toward the limit on
    ///   processes: that is then so much higher.
    /// - Throws: when memory, processor time or the size of files cannot be limited; nothing else would bound them.
    package func applyToThisProcess(sharesUser: Bool = true) throws(Refused) -> Bool {
        Self.lower(RLIMIT_CORE, to: 0)
        if let fileSize, !Self.lower(RLIMIT_FSIZE, to: fileSize) { throw Refused(what: "files") }
        if let openFiles { Self.lower(RLIMIT_NOFILE, to: openFiles) }
        if let processes {
            Self.lower(__RLIMIT_NPROC, to: processes + (sharesUser ? Self.tasksOfThisUser + Self.othersMargin : 0))
        }
        if let cpuSeconds, !Self.lower(RLIMIT_CPU, to: cpuSeconds, margin: Self.cpuMargin) {
            throw Refused(what: "processor time")
        }
        guard let memory else { return true }
        let mapped = Self.mappedBytes
        guard mapped < Self.sanitizerSize else { return false }
        guard Self.lower(RLIMIT_AS, to: max(memory, mapped + memory / 2)) else { throw Refused(what: "memory") }
        return true
    }

    /// - Parameter margin: how far the hard limit lies above the soft one.
    /// - Returns: whether it holds now.
    @discardableResult
    private static func lower(_ resource: __rlimit_resource, to value: Int, margin: Int = 0) -> Bool {
        var limit = rlimit()
        guard getrlimit(__rlimit_resource_t(resource.rawValue), &limit) == 0 else { return false }
        limit.rlim_max = min(limit.rlim_max, rlim_t(value + margin))
        limit.rlim_cur = min(limit.rlim_cur, limit.rlim_max, rlim_t(value))
        return setrlimit(__rlimit_resource_t(resource.rawValue), &limit) == 0
    }

    /// The address space of this process, by the first field of /proc/self/statm.
    private static var mappedBytes: Int {
        guard let file = fopen("/proc/self/statm", "re") else { return 0 }
        defer { fclose(file) }
        var line = [CChar](repeating: 0, count: 64)
        guard fgets(&line, 64, file) != nil else { return 0 }
        return strtol(line, nil, 10) * sysconf(Int32(_SC_PAGESIZE))
    }

    /// Processes and threads that this process's user has now. Threads are the links to a process's `task` folder, but for
    /// the two that every folder has.
    private static var tasksOfThisUser: Int {
        guard let folder = opendir("/proc") else { return 0 }
        defer { closedir(folder) }
        var count = 0
        while let entry = readdir(folder) {
            guard let process = pid_t(FileReading.name(of: entry)) else { continue }
            var information = stat()
            guard stat("/proc/\(process)/task", &information) == 0, information.st_uid == getuid() else { continue }
            count += max(Int(information.st_nlink) - 2, 1)
        }
        return count
    }
}
