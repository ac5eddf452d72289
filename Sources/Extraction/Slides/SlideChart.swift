/// What a chart shows (DrawingML charts, ECMA-376 part 1, 21.2): its title, and its series as a table.
struct SlideChart: Equatable {
    /// A chart with more points is a picture, not something to read.
    private static let pointLimit = 500
    private static let seriesLimit = 50

    private(set) var title = ""
    /// The first row names the series.
    private(set) var rows: [[String]] = []

    /// - Parameter part: the root of the chart's part. What is read is the copy of the data that charts carry; the workbook
    ///   inside the file is not opened.
    init(_ part: XMLElement) {
        guard let chart = part.first(named: "chart") else { return }
        title = chart.first(named: "title").map(Self.text) ?? ""
        let series = (chart.first(named: "plotArea")?.descendants(named: "ser") ?? []).prefix(Self.seriesLimit)
        guard !series.isEmpty else { return }
        let columns = series.map { Self.points($0.first(named: "val") ?? $0.first(named: "yVal")) }
        let labels =
            series.lazy.map { Self.points($0.first(named: "cat") ?? $0.first(named: "xVal")) }
            .first { !$0.isEmpty } ?? [:]
        let indices = Set(columns.flatMap(\.keys)).union(labels.keys).sorted().prefix(Self.pointLimit)
        rows = [[""] + series.map { $0.first(named: "tx").map(Self.text) ?? "" }]
        for index in indices { rows.append([labels[index] ?? ""] + columns.map { $0[index] ?? "" }) }
    }

    /// The text of a title or a series' name, written in the chart or copied from a cell.
    private static func text(_ element: XMLElement) -> String {
        let rich = element.descendants(named: "rich").first
        let raw = rich.map(SlideText.line) ?? element.descendants(named: "v").map(\.text).joined(separator: " ")
        return TextCleaner.collapsingWhiteSpace(raw)
    }

    private static func points(_ data: XMLElement?) -> [Int: String] {
        guard let data else { return [:] }
        // Categories of several levels: the innermost comes first.
        let cache = data.descendants(named: "lvl").first ?? data
        var points: [Int: String] = [:]
        for point in cache.descendants(named: "pt").prefix(pointLimit) {
            guard let index = point["idx"].flatMap({ Int($0) }), let value = point.first(named: "v")?.text else {
                continue
            }
            points[index] = number(TextCleaner.collapsingWhiteSpace(value))
        }
        return points
    }

    /// Numbers are kept with all bits of their binary form: `0.10000000000000001` was typed as `0.1`.
    private static func number(_ text: String) -> String {
        guard text.utf8.count > 15, let value = Double(text) else { return text }
        return SheetNumber.plain(value)
    }
}
