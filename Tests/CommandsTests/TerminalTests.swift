import Support
import Testing

@testable import Commands
@testable import Ingest

@Suite struct TerminalTests {
    @Test(arguments: [(0.0, 40), (0.5, 80), (1.0, 200), (2.0, 80), (-1.0, 80), (0.3, 5)])
    func aBarFitsItsTerminal(_ fraction: Double, _ width: Int) {
        let line = ProgressBar.line(fraction: fraction, details: "12/40 files, 3 chunks/s", width: width)
        #expect(line.count <= max(width - 1, 10))
    }

    @Test func aBarFillsUp() {
        #expect(ProgressBar.line(fraction: 0, details: "", width: 80).contains("░"))
        #expect(!ProgressBar.line(fraction: 1, details: "", width: 80).contains("░"))
        #expect(ProgressBar.line(fraction: 1, details: "done", width: 80).contains("100 %"))
        #expect(ProgressBar.line(fraction: nil, details: "reading", width: 80) == "reading")
    }

    @Test func elsewhereLinesAreFew() {
        let lines = Locked<[String]>([])
        let console = Console(width: nil, output: { _ in }, complaint: { line in lines.withLock { $0.append(line) } })
        let bar = ProgressBar(console: console, time: SystemTime())
        for step in 0...1_000 { bar.update(fraction: Double(step) / 1_000, details: "x") }
        bar.clear()
        #expect(lines.withLock { $0 } == ["0 % x\n"])
    }

    @Test func aTerminalIsLeftClean() {
        let text = Locked("")
        let console = Console(width: 80, output: { _ in }, complaint: { piece in text.withLock { $0 += piece } })
        let bar = ProgressBar(console: console)
        bar.update(fraction: 0.5, details: "half")
        bar.clear()
        bar.clear()
        let written = text.withLock { $0 }
        #expect(written.hasSuffix("\r\u{1b}[K"))
        #expect(written.contains("half"))
    }

    @Test(arguments: [(0.4, "0 s"), (59, "59 s"), (61, "1 min 1 s"), (3_720, "1 h 2 min")])
    func durationsAreSpoken(_ seconds: Double, _ text: String) {
        #expect(ProgressBar.spoken(.seconds(seconds)) == text)
    }

    @Test func namesDoNotSteerTheTerminal() throws {
        #expect("a\u{1b}[31m\r\n\u{9b}1m\u{202e}ção 👩‍🏫".printable == "a�[31m���1m�ção 👩‍🏫")
        var progress = IngestProgress()
        progress.currentFile = "x\u{1b}[2J.md"
        #expect(progress.line.hasSuffix("x�[2J.md"))
        let name = "x\u{1b}[31m\ny.md"
        let report = IngestReport(
            files: [.failed(name, "ingest_unreadable", "\(name) is bad"), .skipped(name)], vanished: [name],
            unseen: [name], removed: [], seconds: 1)
        let text = try IngestTable(report, CourseID("teste")).text
        #expect(!text.contains("\u{1b}") && text.contains("kept: x�[31m�y.md"))
    }

    @Test func aTableLinesUp() {
        var table = Table([("file", .left), ("pages", .right)])
        table.add(["ação.md", "3"])
        table.add(["b", "120"])
        #expect(table.lines == ["file     pages", "───────  ─────", "ação.md      3", "b          120"])
    }
}
