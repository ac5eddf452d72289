import FoundationEssentials
import Glibc
import Support
import TestSupport
import Testing

@testable import Extraction

/// Children that behave badly are ended, reaped and told apart.
@Suite struct ChildProcessTests {
    private func shell(
        _ script: String, timeLimit: Duration = .seconds(60), outputLimit: Int = 1 << 20
    ) -> ChildProcess {
        ChildProcess(
            executable: "/bin/sh", arguments: ["-c", script], timeLimit: timeLimit, outputLimit: outputLimit)
    }

    @Test func collectsOutputErrorsAndExitCode() async throws {
        let outcome = try await shell("printf result; printf trouble >&2; exit 7").run()
        #expect(outcome.end == .exited(7))
        #expect(outcome.output == Array("result".utf8))
        #expect(outcome.errors == Array("trouble".utf8))
    }

    @Test func readsMoreThanAPipeHolds() async throws {
        let outcome = try await shell("head -c 900000 /dev/zero; printf end").run()
        #expect(outcome.end == .exited(0))
        #expect(outcome.output.count == 900_003)
        #expect(outcome.output.suffix(3) == Array("end".utf8)[...])
    }

    @Test func endlessOutputIsStopped() async throws {
        let outcome = try await shell("while :; do echo more; done", outputLimit: 10_000).run()
        #expect(outcome.end == .tooMuchOutput)
        #expect(outcome.output.count == 10_000)
    }

    @Test func endlessComplaintsAreCutAndForgiven() async throws {
        let outcome = try await shell("head -c 200000 /dev/zero >&2; echo fine").run()
        #expect(outcome.end == .exited(0))
        #expect(outcome.errors.count == 16_384)
        #expect(outcome.output == Array("fine\n".utf8))
    }

    @Test func messagesComeLineByLineAndGiveTime() async throws {
        let lines = Locked<[String]>([])
        var child = shell("printf 'one\\ntwo' >&3; printf ' three\\nlost' >&3; echo result")
        child.onMessage = { line in
            lines.withLock { $0.append(String(decoding: line, as: UTF8.self)) }
            return .seconds(20)
        }
        let outcome = try await child.run()
        #expect(outcome.end == .exited(0) && outcome.output == Array("result\n".utf8))
        #expect(lines.withLock { $0 } == ["one", "two three"])
        #expect(outcome.timeLimit == .seconds(100))
    }

    @Test(arguments: ["yes >&3", "head -c 513 /dev/zero >&3; exec sleep 1000"])
    func tooManyMessagesEndIt(_ script: String) async throws {
        var child = shell(script)
        child.onMessage = { _ in .zero }
        #expect(try await child.run().end == .tooManyMessages)
    }

    @Test func itStartsInItsFolder() async throws {
        let folder = try TemporaryFolder()
        var child = shell("pwd -P; ls -a")
        child.folder = folder.path
        let outcome = try await child.run()
        #expect(String(decoding: outcome.output, as: UTF8.self) == folder.path + "\n.\n..\n")
    }

    @Test func aHangIsEndedWithAllItStarted() async throws {
        let folder = try TemporaryFolder()
        // The grandchild writes its number, so that the test can see that it is gone.
        let script = "sh -c 'echo $$ > \(folder.path)/pid; exec sleep 1000' & wait"
        let outcome = try await shell(script, timeLimit: .seconds(1)).run()
        #expect(outcome.end == .timedOut)
        let text = try String(contentsOfFile: folder.path + "/pid", encoding: .utf8)
        let grandchild = try #require(pid_t(text.filter(\.isNumber)))
        #expect(await isGone(grandchild))
    }

    @Test func aChildThatLeavesItsPipesToOthersIsNotWaitedForLong() async throws {
        let outcome = try await shell("sleep 1000 & echo done").run()
        #expect(outcome.end == .exited(0))
        #expect(outcome.output == Array("done\n".utf8))
    }

    @Test func aChildThatClosesItsOutputIsStillWaitedFor() async throws {
        let outcome = try await shell("exec >&- 2>&-; i=0; while [ $i -lt 3000 ]; do i=$((i+1)); done; exit 3").run()
        #expect(outcome.end == .exited(3))
    }

    @Test func aCrashIsTold() async throws {
        #expect(try await shell("kill -SEGV $$").run().end == .signalled(SIGSEGV))
    }

    @Test func cancellingEndsIt() async throws {
        let started = Latch()
        let folder = try TemporaryFolder()
        try #require(mkfifo(folder.path + "/started", 0o600) == 0)
        let task = Task { try await shell("echo go > \(folder.path)/started; exec sleep 1000").run() }
        // Opening a pipe for reading waits for its writer: then the child is surely running.
        try await BlockingQueue(label: "test").run {
            close(open(folder.path + "/started", O_RDONLY))
            started.open()
        }
        await started.wait()
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
    }

    @Test func aCancelledTaskStartsNothing() async throws {
        let folder = try TemporaryFolder()
        let gate = Latch()
        let task = Task {
            await gate.wait()
            return try await shell("touch \(folder.path)/made").run()
        }
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
        #expect(access(folder.path + "/made", F_OK) != 0)
    }

    @Test func aMissingProgramIsTold() {
        let child = ChildProcess(executable: "/nowhere/tool", arguments: [], timeLimit: .seconds(1), outputLimit: 1)
        #expect(throws: ChildProcess.CannotStart.self) { try child.runBlocking() }
    }

    @Test func theEnvironmentAndFilesAreItsOwn() async throws {
        setenv("GEPETO_TEST_SECRET", "secret", 1)
        // A file that was opened without close-on-exec.
        let leaked = open("/dev/null", O_RDONLY)
        defer { close(leaked) }
        let outcome = try await shell("env; ls /proc/self/fd; cat").run()
        let output = String(decoding: outcome.output, as: UTF8.self)
        #expect(!output.contains("secret") && output.contains("LANG=C.UTF-8"))
        // ls itself has the folder open as 3.
        #expect(output.split(separator: "\n").compactMap { Int($0) } == [0, 1, 2, 3])
    }

    @Test func manyAtOnceAreAllReaped() async throws {
        try await withThrowingTaskGroup(of: [UInt8].self) { group in
            for number in 0..<24 { group.addTask { try await shell("echo \(number)").run().output } }
            var numbers: Set<[UInt8]> = []
            for try await output in group { numbers.insert(output) }
            #expect(numbers.count == 24)
        }
    }

    private func isGone(_ process: pid_t) async -> Bool {
        // Killed is enough: whoever adopted it has yet to reap it.
        let gone: Void? = try? await eventually { kill(process, 0) != 0 || isZombie(process) }
        return gone != nil
    }

    private func isZombie(_ process: pid_t) -> Bool {
        let status = try? String(contentsOfFile: "/proc/\(process)/stat", encoding: .utf8)
        return status?.contains(") Z ") ?? true
    }
}
