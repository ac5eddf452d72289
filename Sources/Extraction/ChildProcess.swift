import CLinux
import Glibc
import Support

/// Runs one program to its end, within bounds on time and output, and always reaps it.
///
/// posix_spawn rather than Foundation's Process, which polls and loses ends of files. The child gets `/dev/null` as its
/// input, only the environment that is given, default signals, and no other open file of this process.
package struct ChildProcess: Sendable {
    package enum End: Sendable, Equatable {
        case exited(Int32)
        case signalled(Int32)
        case timedOut
        /// It wrote more than it may and was killed.
        case tooMuchOutput
        /// It sent more messages, or longer ones, than it may and was killed.
        case tooManyMessages
    }

    package struct Outcome: Sendable {
        package let end: End
        package let output: [UInt8]
        /// The first bytes of its standard error.
        package let errors: [UInt8]
        /// How long it might have taken, with what its messages gave it.
        package let timeLimit: Duration
    }

    /// The program could not be started; the number is that of errno.
    package struct CannotStart: Error { package let code: Int32 }

    package var executable: String
    package var arguments: [String]
    package var environment = Self.environment(scratch: Scratch.folder)
    /// Where it starts; nil for this process's own folder.
    package var folder: String?
    package var timeLimit: Duration
    package var outputLimit: Int
    package var errorLimit = 16_384
    /// Bytes of its address space; nil for no other limit than this process's own. Set right after its start: what it has
    /// by then is its own program.
    package var memoryLimit: Int?
    /// Whether it becomes the head of a process group, all of which is killed at the end. A child's own children stay
    /// in its group, so that they end with it.
    package var hasOwnGroup = true
    /// Called for each line that the child writes to descriptor 3, on the thread that waits for it; must be quick. What it
    /// returns is added to the time limit.
    package var onMessage: (@Sendable (ArraySlice<UInt8>) -> Duration)?

    /// The descriptor for messages, in the child.
    static let messageDescriptor: Int32 = 3
    /// Bytes of one message and of all together, and their number: four a second for as long as a child may take.
    private static let (messageLimit, messagesLimit, messageCount) = (512, 4 << 20, 50_000)

    /// All that a child is told of this process's surroundings: nothing. One thread for OpenMP (tesseract), one arena for
    /// malloc, whose arenas each take 64 MB of the address space.
    package static func environment(scratch: String) -> [String] {
        [
            "PATH=/usr/bin:/bin", "LANG=C.UTF-8", "HOME=\(scratch)", "TMPDIR=\(scratch)", "OMP_THREAD_LIMIT=1",
            "MALLOC_ARENA_MAX=1",
        ]
    }

    package init(executable: String, arguments: [String], timeLimit: Duration, outputLimit: Int) {
        self.executable = executable
        self.arguments = arguments
        self.timeLimit = timeLimit
        self.outputLimit = outputLimit
    }

    /// Runs on a thread of its own; cancelling the task kills the child.
    /// - Throws: `CannotStart`, `CancellationError`.
    package func run() async throws -> Outcome {
        try Task.checkCancellation()
        let control = Control()
        let outcome = try await withTaskCancellationHandler {
            try await BlockingQueue(label: "child process").run { try run(control) }
        } onCancel: {
            control.kill()
        }
        try Task.checkCancellation()
        return outcome
    }

    /// Blocks until the child has ended.
    package func runBlocking() throws(CannotStart) -> Outcome { try run(Control()) }

    private func run(_ control: Control) throws(CannotStart) -> Outcome {
        var pipes = ChildPipes()
        defer { pipes.close() }
        // One start at a time: no other child can inherit these pipes between their making and their marking.
        let child = try Self.starting.withLock { count throws(CannotStart) in
            count += 1
            try pipes.open(withMessages: onMessage != nil)
            return try start(pipes)
        }
        pipes.closeWriteEnds()
        control.started(hasOwnGroup ? -child : child)
        if let memoryLimit { _ = gepeto_limit_memory(child, UInt64(clamping: memoryLimit)) }
        var output = BoundedBuffer(limit: outputLimit)
        var errors = BoundedBuffer(limit: errorLimit)
        var timeLimit = timeLimit
        let early = collect(pipes, child, &output, &errors, &timeLimit)
        let status = control.end(child)
        return Outcome(end: early ?? status, output: output.bytes, errors: errors.bytes, timeLimit: timeLimit)
    }

    // MARK: Start

    /// How many were started; a lock around nothing would share its address with the mutex's own pointer, which
    /// ThreadSanitizer takes for a race.
    private static let starting = Locked(0)

    private func start(_ pipes: borrowing ChildPipes) throws(CannotStart) -> pid_t {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_adddup2(&actions, pipes.output.write, 1)
        posix_spawn_file_actions_adddup2(&actions, pipes.errors.write, 2)
        let hasMessages = pipes.messages.write >= 0
        if hasMessages { posix_spawn_file_actions_adddup2(&actions, pipes.messages.write, Self.messageDescriptor) }
        // Nearly all are closed on exec anyway; this is for those that libraries open without, at any moment.
        posix_spawn_file_actions_addclosefrom_np(&actions, (hasMessages ? Self.messageDescriptor : 2) + 1)
        if let folder { posix_spawn_file_actions_addchdir_np(&actions, folder) }

        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var all = sigset_t()
        sigfillset(&all)
        posix_spawnattr_setsigdefault(&attributes, &all)
        var none = sigset_t()
        sigemptyset(&none)
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setpgroup(&attributes, 0)
        let flags = POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK | (hasOwnGroup ? POSIX_SPAWN_SETPGROUP : 0)
        posix_spawnattr_setflags(&attributes, Int16(flags))

        var argv = ([executable] + arguments).map { strdup($0) } + [nil]
        var envp = environment.map { strdup($0) } + [nil]
        defer { (argv + envp).forEach { free($0) } }
        var child = pid_t()
        let code = posix_spawn(&child, executable, &actions, &attributes, &argv, &envp)
        guard code == 0 else { throw CannotStart(code: code) }
        return child
    }

    // MARK: While it runs

    /// Reads the pipes until their ends, the child's end, or a bound is reached; then says which bound.
    private func collect(
        _ pipes: borrowing ChildPipes, _ child: pid_t, _ output: inout BoundedBuffer, _ errors: inout BoundedBuffer,
        _ timeLimit: inout Duration
    ) -> End? {
        let time = SystemTime()
        let start = time.elapsed
        var messages = MessageLines(
            lineLimit: Self.messageLimit, totalLimit: Self.messagesLimit, countLimit: Self.messageCount)
        var polls = [pipes.output.read, pipes.errors.read, pipes.messages.read].map {
            pollfd(fd: $0, events: Int16(POLLIN), revents: 0)
        }
        var hasEnded = false
        // Short at first, because most children end soon after their output does.
        var patience: Int64 = 1
        while true {
            let left = (start + timeLimit - time.elapsed).milliseconds
            guard left > 0 else { return .timedOut }
            let isOpen = polls.contains { $0.fd >= 0 }
            let ready = poll(&polls, nfds_t(polls.count), Int32(clamping: min(left, isOpen ? 100 : patience)))
            if ready < 0 { continue }
            if ready > 0 {
                read(&polls[0]) { output.append($0) }
                if output.isOverfull { return .tooMuchOutput }
                // What a program complains is cut, not punished.
                read(&polls[1]) { errors.append($0) }
                read(&polls[2]) { bytes in messages.append(bytes) { timeLimit += onMessage?($0) ?? .zero } }
                if messages.isOverfull { return .tooManyMessages }
                continue
            }
            // Silence: a child that ended, though something it started may still hold its pipes.
            if hasEnded { return nil }
            hasEnded = Self.hasEnded(child)
            if hasEnded && !isOpen { return nil }
            patience = min(patience * 2, 50)
        }
    }

    private func read(_ poll: inout pollfd, _ body: (UnsafeRawBufferPointer) -> Void) {
        guard poll.fd >= 0, poll.revents != 0 else { return }
        let chunk = withUnsafeTemporaryAllocation(byteCount: 65_536, alignment: 1) { bytes -> Int in
            let count = Glibc.read(poll.fd, bytes.baseAddress, bytes.count)
            if count > 0 { body(UnsafeRawBufferPointer(rebasing: bytes[..<count])) }
            return count
        }
        // A negative descriptor is one that poll leaves out.
        if chunk == 0 || (chunk < 0 && errno != EINTR) { poll.fd = -1 }
    }

    /// Whether it has ended, without reaping it: its number stays taken until `Control.end`.
    private static func hasEnded(_ child: pid_t) -> Bool {
        var information = siginfo_t()
        return waitid(P_PID, id_t(child), &information, WEXITED | WNOHANG | WNOWAIT) == 0
            && information.si_signo == SIGCHLD
    }
}

/// The right to kill a child, held only as long as its number is surely its own.
private final class Control: Sendable {
    private struct State {
        var target: pid_t?
        var isKilled = false
    }
    private let state = Locked(State())

    func started(_ target: pid_t) {
        state.withLock { state in
            state.target = target
            if state.isKilled { Glibc.kill(target, SIGKILL) }
        }
    }

    func kill() {
        state.withLock { state in
            state.isKilled = true
            if let target = state.target { Glibc.kill(target, SIGKILL) }
        }
    }

    /// Kills what is left of the child and its group, reaps the child and says how it ended.
    ///
    /// The kill comes before the reaping: until then the group's number cannot belong to anyone else.
    func end(_ child: pid_t) -> ChildProcess.End {
        var status: Int32 = 0
        state.withLock { state in
            if let target = state.target { Glibc.kill(target, SIGKILL) }
            state.target = nil
        }
        while waitpid(child, &status, 0) < 0, errno == EINTR {}
        let signal = status & 0x7f
        return signal == 0 ? .exited((status >> 8) & 0xff) : .signalled(signal)
    }
}
