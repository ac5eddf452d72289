import FoundationEssentials
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

    @Test func theTableOfAnIngestShowsWhatWasFound() throws {
        let json = """
            {"path": "a.pptx", "outcome": "added", "pages": 12, "emptyPages": [2], "chunks": 9, "characters": 900,
             "warnings": [], "seconds": 1.5, "document": {"pages": 12, "pagesRead": 11, "emptyPages": [2],
             "recognisedPages": [3, 4], "pageUnit": "slide", "characters": 900, "chunks": 9, "warnings": [],
             "seconds": 1.5, "extractionSeconds": 1, "peakMemory": 41700000, "selfCheck": {"sentences": 3, "found": 3}}}
            """
        let copy = json.replacing("a.pptx", with: "b.pptx").replacing("added", with: "duplicate")
            .replacing("\"chunks\": 9, \"char", with: "\"sameAs\": \"a.pptx\", \"chunks\": 0, \"char")
        let files = try [json, copy].map { try JSONDecoder().decode(FileReport.self, from: Data($0.utf8)) }
        let report = IngestReport(files: files, vanished: [], unseen: [], removed: [], seconds: 2)
        let lines = try IngestTable(report, CourseID("teste")).text.split(separator: "\n").map {
            $0.split(separator: " ").joined(separator: " ")
        }
        #expect(lines[0] == "document pages empty OCR chunks found seconds MB")
        #expect(lines[2] == "a.pptx added 12 1 2 9 3/3 1.5 42")
        #expect(lines[3] == "b.pptx duplicate 12 1 2 0 1.5")
        #expect(lines[4] == "duplicate: b.pptx has the same content as a.pptx")
        #expect(lines.last == "teste: 1 added, 1 duplicate; 9 chunks in 2.0 s")
    }

    @Test func aTableLinesUp() {
        var table = Table([("file", .left), ("pages", .right)])
        table.add(["ação.md", "3"])
        table.add(["b", "120"])
        #expect(table.lines == ["file     pages", "───────  ─────", "ação.md      3", "b          120"])
    }
}
