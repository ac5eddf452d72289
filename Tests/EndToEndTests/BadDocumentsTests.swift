import Foundation
import Glibc
import Ingest
import Support
import Testing

@testable import Extraction

/// Documents that cannot be read, through the command line and its real extractor processes: one line each, and the
/// others go in.
@Suite struct BadDocumentsTests {
    private let scratch: Scratch
    private let program: Program

    init() throws {
        scratch = try Scratch()
        program = Program(data: scratch.path + "/data")
        try scratch.write("docs/good.md", Data("# Heaps\n\nA heap keeps its smallest element at the root.\n".utf8))
    }

    private func copy(_ fixture: String, to name: String) throws {
        let file = URL(filePath: Program.root + "Tests/Fixtures/documents/" + fixture)
        try scratch.write("docs/" + name, try Data(contentsOf: file))
    }

    /// Ingests the folder; `reasons` are the only failures.
    private func expectFailures(_ reasons: [String: String], program: Program? = nil) async throws {
        let outcome = await (program ?? self.program).run("ingest", scratch.path + "/docs", "-c", "c", "--json")
        #expect(outcome.code == 1, "\(outcome.complaints)")
        let report = try JSONDecoder().decode(IngestReport.self, from: Data(outcome.output.utf8))
        let failed = report.files.filter { $0.outcome == .failed }
        #expect(Set(failed.map(\.path)) == Set(reasons.keys) && failed.count == reasons.count)
        for file in failed {
            #expect(file.reason?.contains(reasons[file.path] ?? "?") == true, "\(file.path): \(file.reason ?? "")")
            #expect(file.reasonLabel?.hasPrefix("ingest_") == true)
        }
        let found = await self.program.run("search", "heap smallest element", "-c", "c")
        #expect(found.output.contains("smallest element at the root"))
    }

    @Test func eachBadDocumentHasItsReason() async throws {
        try copy("libreoffice-writer-password.pdf", to: "locked.pdf")
        try copy("empty.pdf", to: "scanned.pdf")
        try copy("simple.doc", to: "office.doc")
        try scratch.write("docs/broken.pdf", Data("%PDF-1.4\nnot really a document".utf8))
        try scratch.write("docs/nothing.txt", Data())
        try await expectFailures([
            "locked.pdf": "password protected", "scanned.pdf": "no text", "office.doc": "are not read",
            "broken.pdf": "damaged", "nothing.txt": "empty",
        ])
    }

    /// What no user at all can open or read: links in a circle and to nowhere, a pipe.
    @Test func whatCannotBeOpened() async throws {
        let docs = scratch.path + "/docs/"
        symlink("circle.md", docs + "circle.md")
        symlink("nowhere.md", docs + "dangling.md")
        mkfifo(docs + "pipe.md", 0o600)
        try await expectFailures([
            "circle.md": "links go in a circle", "dangling.md": "no such file", "pipe.md": "not a regular file",
        ])
    }

    @Test(.enabled("root may read everything", { geteuid() != 0 }))
    func whatThisUserMayNotOpen() async throws {
        let file = try scratch.write("docs/secret.md", Data("# Secret\n\nNot for all.\n".utf8))
        chmod(file, 0)
        try await expectFailures(["secret.md": "permission denied"])
    }

    @Test func aFolderOfBadDocumentsLeavesNoCourse() async throws {
        try FileManager.default.removeItem(atPath: scratch.path + "/docs/good.md")
        try copy("libreoffice-writer-password.pdf", to: "locked.pdf")
        await program.expect(["ingest", scratch.path + "/docs", "-c", "c"], code: 1, "password protected")
        await program.expect(["search", "x", "-c", "c"], code: 1, "there is no course 'c'")
    }

    // MARK: Hostile documents

    /// Eight form objects, each of which draws the next ten times: 2 KB that ask for 10⁸ lines of text.
    private static let laughter: Data = {
        let calls = String(repeating: "/X Do ", count: 10)
        var objects = [
            "<</Type/Catalog/Pages 2 0 R>>", "<</Type/Pages/Kids[3 0 R]/Count 1>>",
            "<</Type/Page/Parent 2 0 R/MediaBox[0 0 100 100]/Contents 5 0 R/Resources<</XObject<</X 6 0 R>>>>>>",
            "<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
            "<</Length \(calls.utf8.count)>>stream\n\(calls)\nendstream",
        ]
        for depth in 1...8 {
            let body = depth < 8 ? calls : "BT /F 10 Tf 10 10 Td (ha ha ha) Tj ET"
            let next = depth < 8 ? "/XObject<</X \(6 + depth) 0 R>>" : "/Font<</F 4 0 R>>"
            objects.append(
                "<</Type/XObject/Subtype/Form/BBox[0 0 100 100]/Resources<<\(next)>>/Length \(body.utf8.count)>>"
                    + "stream\n\(body)\nendstream")
        }
        var file = "%PDF-1.4\n"
        var table = "xref\n0 \(objects.count + 1)\n0000000000 65535 f \n"
        for (index, object) in objects.enumerated() {
            let offset = "\(file.utf8.count)"
            table += String(repeating: "0", count: 10 - offset.count) + offset + " 00000 n \n"
            file += "\(index + 1) 0 obj\n\(object)\nendobj\n"
        }
        let start = file.utf8.count
        file += "\(table)trailer<</Size \(objects.count + 1)/Root 1 0 R>>\nstartxref\n\(start)\n%%EOF\n"
        return Data(file.utf8)
    }()

    /// The limit on processor time is brought down from a minute to two seconds; a lower limit stays.
    @Test func aHostileDocumentCostsOneLine() async throws {
        try scratch.write("docs/laughter.pdf", Self.laughter)
        let script = try scratch.write(
            "gepeto", Data("#!/bin/sh\nulimit -S -t 2\nexec '\(Program.executable)' \"$@\"\n".utf8))
        chmod(script, 0o700)
        var hurried = program
        hurried.childExecutable = script
        try await expectFailures(["laughter.pdf": "took longer than"], program: hurried)
    }

    /// Whether a process like this one, whose build the extractor shares, can live in 512 MB of address space.
    private static let canLimitMemory: Bool = {
        let statm = (try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8)) ?? ""
        let pages = statm.split(separator: " ").first.flatMap { Int($0) } ?? 0
        return pages * sysconf(Int32(_SC_PAGESIZE)) < 1 << 40
    }()

    /// Its images would be gigabytes decoded, which the limit on memory prevents; a build with a sanitizer maps terabytes
    /// itself and cannot live under one, so there the bomb is not met.
    @Test func aBombOfImagesIsReadForItsText() async throws {
        guard Self.canLimitMemory else { return }
        try copy("bomb_giant.pdf", to: "bomb.pdf")
        let outcome = await program.run("ingest", scratch.path + "/docs", "-c", "c")
        #expect(outcome.code == 0, "\(outcome.complaints)\(outcome.output)")
        let found = await program.run("search", "giant bomb", "-c", "c")
        #expect(found.output.contains("GIANT JBIG2 BOMB"))
    }

    /// The real extractor, held in the middle of its answer by a pipe that nobody empties.
    @Test func theExtractorLivesUnderItsLimits() async throws {
        let line = "A heap keeps its smallest element at the root.\n\n"
        try scratch.write("slot/large.md", Data(String(repeating: line, count: 20_000).utf8))
        // What a parent that is root does with the slot's folder.
        if geteuid() == 0 { #expect(chown(scratch.path + "/slot", 61_063, 61_063) == 0) }
        let script = """
            cd '\(scratch.path)/slot'
            mkfifo answer
            '\(Program.executable)' extract large.md --child >answer &
            exec 3<answer
            head -c 1 <&3 >first
            cat /proc/$!/limits /proc/$!/status /proc/$!/statm
            cat <&3 >rest
            wait $!
            """
        let outcome = try await ChildProcess(
            executable: "/bin/sh", arguments: ["-c", script], timeLimit: .seconds(60), outputLimit: 1 << 20
        ).run()
        #expect(outcome.end == .exited(0))
        let lines = String(decoding: outcome.output, as: UTF8.self).split(separator: "\n")
        // The soft limit, or the first value: the first number behind the name.
        func number(_ name: String) -> Int? {
            lines.first { $0.hasPrefix(name) }.flatMap { line in
                Int(line.dropFirst(name.count).split(whereSeparator: \.isWhitespace).first ?? "")
            }
        }
        #expect(number("Max core file size") == 0)
        #expect(try #require(number("Max cpu time")) <= 60)
        #expect(try #require(number("Max file size")) <= 96 << 20)
        #expect(try #require(number("Max open files")) <= 64)
        #expect(number("NoNewPrivs:") == 1)
        // 2: a filter of system calls.
        #expect(number("Seccomp:") == 2)
        #expect(lines.contains("CapEff:\t0000000000000000"))
        if geteuid() == 0 {
            #expect(number("Uid:") == 61_063 && number("Gid:") == 61_063)
            #expect(try #require(number("Max processes")) <= 64)
        }
        // A sanitizer maps terabytes and leaves no room for a limit on memory.
        let statistics = try #require(lines.last).split(separator: " ")
        let mappedPages = try #require(Int(statistics[0]))
        if mappedPages < 1 << 28 { #expect(try #require(number("Max address space")) <= 4 << 30) }
    }

    /// SIGKILL to the program in the middle of a document that takes a minute: its extractor and the tool beneath go too, and
    /// the next run removes the folder.
    @Test func aKilledProgramLeavesNothing() async throws {
        let file = try scratch.write("laughter.pdf", Self.laughter)
        // A file beside the document shows whether its folder was removed; the same name may be another document's by then.
        let script = """
            below() { cat /proc/$1/task/*/children 2>/dev/null | tr -d ' '; }
            gone() { ! tr -d '\\0' </proc/$1/cmdline 2>/dev/null | grep -q .; }
            '\(Program.executable)' extract '\(file)' >/dev/null 2>&1 &
            program=$!
            until reader=$(below $program); [ -n "$reader" ] && tool=$(below $reader); [ -n "$tool" ]; do :; done
            folder=$(tr '\\0' '\\n' </proc/$reader/cmdline | grep '/document.pdf$')
            left="${folder%/*}/left-$$"
            touch "$left" && echo made
            kill -9 $program
            until gone $reader && gone $tool; do :; done
            '\(Program.executable)' extract '\(Program.root)corpus/nowhere.md' 2>/dev/null
            [ -e "$left" ] || echo removed
            """
        let outcome = try await ChildProcess(
            executable: "/bin/sh", arguments: ["-c", script], timeLimit: .seconds(50), outputLimit: 1 << 20
        ).run()
        #expect(String(decoding: outcome.output, as: UTF8.self) == "made\nremoved\n")
    }

    /// Nothing of the sandbox may keep the program from working where it has less to work with.
    @Test(
        .enabled("only root can give rights up", { geteuid() == 0 }),
        arguments: [
            "--bounding-set=-sys_admin", "--reuid=1234 --regid=1234 --clear-groups",
            "--bounding-set=-setuid", "--bounding-set=-all",
        ])
    func theSandboxWorksWithFewerRights(_ rights: String) async throws {
        try #require(chmod(scratch.path, 0o777) == 0)
        let script = """
            command -v setpriv >/dev/null || { echo 'ok    sandbox: not tried'; exit; }
            export TMPDIR='\(scratch.path)'
            exec setpriv \(rights) '\(Program.executable)' extract '\(Program.root)corpus/01-plano-de-ensino.md'
            """
        let outcome = try await ChildProcess(
            executable: "/bin/sh", arguments: ["-c", script], timeLimit: .seconds(50), outputLimit: 1 << 20
        ).run()
        #expect(outcome.end == .exited(0), "\(String(decoding: outcome.errors, as: UTF8.self))")
    }
}
