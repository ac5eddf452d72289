import CLinux
import Glibc
import Support
import TestSupport
import Testing

@testable import Extraction

#if compiler(>=6.2)
    /// The real sandbox, each time in a process of its own that cannot leave it again. What is asked of the kernel's parts
    /// holds only where they are; the filter and the limits hold everywhere.
    @Suite struct SandboxTests {
        /// In the process of a test: makes a folder, gives it to `user` when this is root, enters, and says what holds.
        /// - Parameter user: below 32, each test another: the processes of one would count with those of the other.
        private static func enter(user: UInt32, limits: ExtractionLimits = .standard) throws -> (Sandbox.Holds, String)
        {
            let folder = "/tmp/gepeto-sandbox-test-\(getpid())"
            precondition(mkdir(folder, 0o700) == 0 && chdir(folder) == 0)
            if geteuid() == 0 {
                // Where there is no such user it stays root's.
                let user = SandboxSlot.users.upperBound - 1 - user
                _ = chown(folder, user, user)
            }
            return (try Sandbox.enter(limits: limits), folder)
        }

        /// A precondition whose condition may throw: in a test's own process only an end counts.
        private static func check(_ condition: @autoclosure () throws -> Bool) throws {
            guard try condition() else { preconditionFailure("not as it should be") }
        }

        @Test func nothingThatMustNotBeCanBeDone() async {
            await #expect(processExitsWith: .success) {
                let wasRoot = geteuid() == 0
                let (holds, folder) = try Self.enter(user: 0)
                let report = SandboxReport.made(within: holds)
                precondition(report.breaches.isEmpty, "\(report.breaches)")
                precondition(holds.hasFilter)
                precondition(!holds.hasOwnUser || (geteuid() != 0 && getuid() == holds.user && wasRoot))
                rmdir(folder)
            }
        }

        @Test func programsBeneathAreHeldToo() async throws {
            let folder = try TemporaryFolder()
            // Readable by its owner only, who is not the sandbox's user when this is root.
            chmod(try folder.write("secret", "secret"), 0o600)
            await #expect(processExitsWith: .success) { [path = folder.path + "/secret" as String] in
                let (holds, scratch) = try Self.enter(user: 1)
                defer { rmdir(scratch) }
                func run(_ script: String) throws -> ChildProcess.Outcome {
                    var shell = ChildProcess(
                        executable: "/bin/sh", arguments: ["-c", script], timeLimit: .seconds(30), outputLimit: 1 << 20)
                    // The way in which readers start their tools: the filter lets no process leave its group.
                    shell.hasOwnGroup = false
                    return try shell.runBlocking()
                }
                try Self.check(run("exit 7").end == .exited(7))
                try Self.check(run("echo x > file && cat file && rm file").output == Array("x\n".utf8))
                if holds.hasOwnUser || holds.landlock != nil {
                    try Self.check(run("cat '\(path)'").end != .exited(0))
                }
                if holds.landlock != nil { try Self.check(run("echo x > /tmp/gepeto-x-$$").end != .exited(0)) }
                // Processes: no more than the limit, which counts only this user's.
                if holds.hasOwnUser {
                    // They end by themselves, after the test.
                    let outcome = try run("i=0; while [ $i -lt 80 ]; do sleep 5 & i=$((i+1)); done; echo all")
                    precondition(outcome.output.isEmpty && outcome.end != .exited(0), "\(outcome.end)")
                }
            }
        }

        /// poppler and tesseract do their work within.
        @Test func toolsWorkWithin() async {
            await #expect(processExitsWith: .success) {
                let source = try FileReading.bytes(of: DocumentFixture.path("ocr_test.pdf"), limit: 1 << 24)
                let (holds, folder) = try Self.enter(user: 2)
                guard holds.limitsMemory else { return }
                let document = folder + "/document.pdf"
                let file = open(document, O_WRONLY | O_CREAT, 0o600)
                precondition(write(file, source, source.count) == source.count)
                close(file)
                func run(_ program: String, _ arguments: String...) throws -> ChildProcess.Outcome? {
                    let path = "/usr/bin/" + program
                    guard access(path, X_OK) == 0 else { return nil }
                    var tool = ChildProcess(
                        executable: path, arguments: arguments, timeLimit: .seconds(60), outputLimit: 1 << 20)
                    tool.hasOwnGroup = false
                    return try tool.runBlocking()
                }
                try Self.check(run("pdfinfo", document)?.end ?? .exited(0) == .exited(0))
                try Self.check(run("pdftotext", document, "-")?.end ?? .exited(0) == .exited(0))
                let picture = try run(
                    "pdftoppm", "-r", "150", "-gray", "-png", "-singlefile", document, folder + "/page")
                precondition(picture.map { $0.end == .exited(0) } ?? true, "\(String(describing: picture?.errors))")
                if picture != nil, let read = try run("tesseract", folder + "/page.png", "stdout", "-l", "eng") {
                    precondition(read.end == .exited(0) && read.output.count > 20)
                }
                for name in ["page.png", "document.pdf"] { unlink(name) }
                rmdir(folder)
            }
        }

        /// What a program beneath had resident counts.
        @Test func peakMemoryIsThatOfTheLargestProcess() async {
            await #expect(processExitsWith: .success) {
                let before = PeakMemory.ofThisProcessAndItsChildren
                var tool = ChildProcess(
                    executable: "/bin/dd", arguments: ["if=/dev/zero", "of=/dev/null", "bs=96M", "count=1"],
                    timeLimit: .seconds(30), outputLimit: 1 << 20)
                tool.hasOwnGroup = false
                try Self.check(tool.runBlocking().end == .exited(0))
                let after = PeakMemory.ofThisProcessAndItsChildren
                precondition(before > 1 << 20 && before < 2 << 30, "\(before)")
                precondition(after >= 96 << 20 && after <= before + (192 << 20), "\(after)")
            }
        }

        @Test func memoryIsBounded() async {
            await #expect(processExitsWith: .success) {
                let (holds, folder) = try Self.enter(user: 3)
                rmdir(folder)
                guard holds.limitsMemory else { return }
                let size = 600 << 20
                precondition(mmap(nil, size, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) == MAP_FAILED)
            }
        }

        /// What is not there must not be gone without in silence.
        @Test func withoutAFilterNothingIsRead() async {
            await #expect(processExitsWith: .success) {
                precondition(gepeto_prctl(PR_SET_NO_NEW_PRIVS, 1) == 0)
                precondition(SandboxFilter.install(refusing: [Int32(SYS_seccomp)]))
                do {
                    _ = try Self.enter(user: 4)
                    preconditionFailure("it went on")
                } catch let failure as Sandbox.Failure {
                    precondition(failure.reason.contains("seccomp"))
                }
                rmdir("/tmp/gepeto-sandbox-test-\(getpid())")
            }
            await #expect(processExitsWith: .success) {
                precondition(gepeto_prctl(PR_SET_NO_NEW_PRIVS, 1) == 0)
                precondition(SandboxFilter.install(refusing: [Int32(SYS_seccomp)]))
                let holds = try Sandbox.enter(needsFilter: false)
                precondition(!holds.hasFilter)
                let report = SandboxReport.made(within: holds)
                precondition(report.breaches.contains("open a local socket"))
                precondition(report.shortcomings.contains { $0.contains("seccomp") })
                precondition(report.summary.contains("no seccomp filter"))
            }
        }

        @Test func withoutLimitsNothingIsRead() async {
            await #expect(processExitsWith: .success) {
                precondition(gepeto_prctl(PR_SET_NO_NEW_PRIVS, 1) == 0)
                precondition(SandboxFilter.install(refusing: [Int32(SYS_prlimit64), Int32(SYS_setrlimit)]))
                do {
                    _ = try Self.enter(user: 5)
                    preconditionFailure("it went on")
                } catch let failure as Sandbox.Failure {
                    precondition(failure.reason.contains("could not be limited"))
                }
                rmdir("/tmp/gepeto-sandbox-test-\(getpid())")
            }
        }

        /// An emulated 32-bit call would pass by the list; a wrong architecture ends the process.
        @Test func theFiltersProgramIsWellFormed() {
            let program = SandboxFilter.program()
            #expect(program.count < 4_096)
            // No jump leads out of it, and every way ends in an answer.
            for (index, step) in program.enumerated() where step.code & 0x07 == 0x05 {
                #expect(index + 1 + Int(max(step.jt, step.jf)) < program.count)
            }
            #expect(program.last?.code == 0x06)
            #expect(Set(SandboxFilter.refused).count == SandboxFilter.refused.count)
        }
    }
#endif

/// The folders that extractions are given.
@Suite struct SandboxSlotTests {
    @Test func slotsAreApartAndComeBack() throws {
        let folder = try TemporaryFolder()
        let file = try folder.write("Notes.TXT", "text")
        let base = folder.path + "/slots"
        let first = try SandboxSlot.take(for: file, in: base)
        let second = try SandboxSlot.take(for: file, in: base)
        #expect(first.folder != second.folder && first.document.hasSuffix("/document.txt"))
        #expect(try FileReading.bytes(of: first.document, limit: 100) == Array("text".utf8))
        var (of, another) = (stat(), stat())
        #expect(stat(first.folder, &of) == 0 && stat(second.folder, &another) == 0)
        #expect(of.st_mode & 0o777 == 0o700)
        if geteuid() == 0 { #expect(of.st_uid != 0 && of.st_uid != another.st_uid) }
        first.release()
        #expect(access(first.folder, F_OK) != 0)
        let third = try SandboxSlot.take(for: file, in: base)
        #expect(third.folder == first.folder)
        second.release()
        third.release()
    }

    @Test func thereAreSoMany() throws {
        let folder = try TemporaryFolder()
        let slots = try SandboxSlot.users.map { _ in try SandboxSlot.take(for: nil, in: folder.path) }
        #expect(Set(slots.map(\.folder)).count == slots.count)
        #expect(throws: IngestError.self) { try SandboxSlot.take(for: nil, in: folder.path) }
        slots.forEach { $0.release() }
    }

    @Test func whatAKilledParentLeftIsRemoved() throws {
        let folder = try TemporaryFolder()
        // No lock is held: its holder is dead.
        try folder.write("7/document.pdf", "text")
        try folder.write("7/deep/deeper/deepest", "text")
        chmod(folder.path, 0o700)
        let taken = try SandboxSlot.take(for: nil, in: folder.path)
        SandboxSlot.sweep(in: folder.path)
        #expect(access(folder.path + "/7", F_OK) != 0)
        #expect(access(taken.folder, F_OK) == 0)
        taken.release()
    }

    /// One that nobody can remove costs its slot only; a file in its place is none.
    @Test func aFolderThatCannotBeRemovedIsPassedOver() throws {
        let folder = try TemporaryFolder()
        chmod(folder.path, 0o700)
        try #require(mkdir(folder.path + "/0", 0o700) == 0)
        // What keeps a folder in its place, for root too.
        let isHeld = mount("none", folder.path + "/0", "tmpfs", 0, nil) == 0
        defer { if isHeld { umount(folder.path + "/0") } }
        let slot = try SandboxSlot.take(for: nil, in: folder.path)
        #expect(slot.folder == folder.path + (isHeld ? "/1" : "/0"))
        slot.release()
    }

    #if compiler(>=6.2)
        /// As a user whom modes bind: folders that were shut by their maker go, and no link is followed.
        @Test func shutFoldersAreRemoved() async throws {
            let folder = try TemporaryFolder()
            chmod(folder.path, 0o777)
            await #expect(processExitsWith: .success) { [path = folder.path + "/mine" as String] in
                if geteuid() == 0 { precondition(setgid(61_070) == 0 && setuid(61_070) == 0) }
                precondition(mkdir(path, 0o700) == 0 && mkdir(path + "/slot", 0o700) == 0)
                precondition(mkdir(path + "/outside", 0o500) == 0)
                precondition(mkdir(path + "/slot/shut", 0o700) == 0 && mkdir(path + "/slot/shut/in", 0o700) == 0)
                precondition(symlink(path + "/outside", path + "/slot/link") == 0)
                for name in ["/slot/shut/in", "/slot/shut", "/slot"] { chmod(path + name, 0) }
                precondition(SandboxRemoval.remove(path + "/slot", of: nil))
                var information = stat()
                precondition(stat(path + "/outside", &information) == 0 && information.st_mode & 0o777 == 0o500)
            }
        }
    #endif

    /// A survivor that left its group, and whose folder is gone, is not there for the slot's next document.
    @Test(.enabled("only root has users to give", { geteuid() == 0 }))
    func releasingEndsWhatRunsAsTheSlotsUser() async throws {
        try #require(SandboxBase.standard.isForAll)
        let slot = try SandboxSlot.take(for: nil)
        let name = slot.folder.split(separator: "/").last ?? ""
        let user = SandboxSlot.users.lowerBound + (try #require(UInt32(name)))
        let survivor = ChildProcess(
            executable: "/bin/sh",
            arguments: [
                "-c",
                "command -v setpriv >/dev/null || exit 9; "
                    + "setsid setpriv --reuid=\(user) --clear-groups sleep 1000 >/dev/null 2>&1 & echo $!; "
                    + "until grep -q sleep /proc/$!/cmdline; do :; done; until grep -q '^Uid:.\(user)' /proc/$!/status; do :; done",
            ], timeLimit: .seconds(30), outputLimit: 1_000)
        let outcome = try await survivor.run()
        let process = String(decoding: outcome.output, as: UTF8.self).filter(\.isNumber)
        rmdir(slot.folder)
        slot.release()
        guard outcome.end == .exited(0) else { return }
        let state = ProcessStatus.words("State", of: process).first
        #expect(state == nil || state == "Z" || state == "X")
    }

    /// Whoever takes root's name first blocks nobody.
    @Test func aTakenBaseIsGoneAround() throws {
        let folder = try TemporaryFolder()
        chmod(folder.path, 0o755)
        let taken = folder.path + "/taken"
        try #require(mkdir(taken, 0o777) == 0)
        chmod(taken, 0o777)
        try #require(symlink("/tmp", folder.path + "/link") == 0)
        let base = SandboxBase.choice(of: [taken, folder.path + "/link"])
        defer { rmdir(base.folder) }
        #expect(!base.isForAll && base.folder != taken && access(base.folder, W_OK) == 0)
        let slot = try SandboxSlot.take(for: nil, in: base.folder)
        slot.release()
        unlink(slot.folder + ".lock")
        // Its own, shut by a hostile reader, is opened again.
        let own = folder.path + "/own"
        try #require(mkdir(own, 0) == 0)
        #expect(SandboxBase.choice(of: [taken, own]) == SandboxBase(folder: own, isForAll: true))
    }

    @Test(.enabled("only root has a fixed place", { geteuid() == 0 }))
    func rootsPlaceDoesNotDependOnItsTemporaryFolder() {
        #expect(!SandboxBase.standard.folder.hasPrefix(Scratch.folder + "/") || Scratch.folder == "/tmp")
    }

    @Test func aFolderThatOthersMayChangeIsNotUsed() throws {
        let folder = try TemporaryFolder()
        chmod(folder.path, 0o777)
        #expect(throws: IngestError.noScratch("\(folder.path) belongs to someone else")) {
            try SandboxSlot.take(for: nil, in: folder.path)
        }
    }

    @Test func aNameIsNotTakenOver() throws {
        let folder = try TemporaryFolder()
        let base = folder.path + "/slots"
        for (name, expected) in [("a.p;f", "document"), ("c", "document"), ("b.html", "document.html")] {
            let slot = try SandboxSlot.take(for: try folder.write(name, "x"), in: base)
            #expect(slot.document == "\(slot.folder)/\(expected)")
            slot.release()
        }
    }
}
