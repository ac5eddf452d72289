/// PowerPoint presentations (PresentationML, ECMA-376 part 1, 19): each slide is a page, its title a heading.
///
/// Also slide shows and templates, with macros or without, which are never looked at. Read are the slides' own texts, tables,
/// charts, diagrams and the speaker's notes; left out are what repeats on every slide, the layouts' prompts and reviewers'
/// comments. Hidden slides are read, and said to be hidden: they keep their number, and are mostly what there was no time for.
struct PPTXReader {
    private static let what = "PowerPoint document"

    private let parts: ZIPParts
    private var builder = DocumentBuilder()
    private var slideSize: (width: Int, height: Int)?
    /// Layouts and masters that were read, by the name of the layout's part.
    private var templates: [String: SlideTemplate] = [:]
    /// Footers and dates that were said once.
    private var furniture: Set<String> = []
    private var firstTitle: String?
    private var findings = SlideFindings()

    static func read(path: String) throws(IngestError) -> ExtractedDocument {
        let parts = try ZIPParts.read(path: path, what: what, wanted: isWanted)
        var reader = PPTXReader(parts: parts)
        return try reader.run()
    }

    private init(parts: ZIPParts) {
        self.parts = parts
        builder.pageUnit = .slide
    }

    /// Pictures, fonts, workbooks and macros are no text; themes, styles and the drawings of diagrams only say how it looks.
    private static func isWanted(_ name: String) -> Bool {
        let name = name.lowercased()
        guard name.hasSuffix(".xml") || name.hasSuffix(".rels") else { return false }
        let folders = ["/theme/", "/tags/", "/changesinfos/", "customxml/", "/diagrams/layout", "/diagrams/colors"]
        let styles = ["/diagrams/quickstyle", "/diagrams/drawing", "/charts/style", "/charts/colors", "/tablestyles"]
        return !(folders + styles).contains { name.contains($0) }
    }

    private mutating func run() throws(IngestError) -> ExtractedDocument {
        let main =
            try Relationships(parts, of: "", what: Self.what).first("officeDocument")?.target
            ?? "ppt/presentation.xml"
        guard let bytes = parts[main] else { throw .broken(Self.what) }
        let presentation = try XMLElement.parse(bytes, what: Self.what)
        let relationships = try Relationships(parts, of: main, what: Self.what)
        if let size = presentation.first(named: "sldSz"), let width = size["cx"].flatMap({ Int($0) }),
            let height = size["cy"].flatMap({ Int($0) }), width > 0, height > 0
        {
            slideSize = (width, height)
        }
        let slides = presentation.first(named: "sldIdLst")?.elements(named: "sldId") ?? []
        var emptyPages: [Int] = []
        for (index, slide) in slides.enumerated() {
            builder.beginPage()
            let blocks = builder.blocks.count
            let id = slide.tag["id", namespace: XMLNamespace.relationships] ?? ""
            try addSlide(relationships[id]?.target, number: index + 1)
            if builder.blocks.count == blocks { emptyPages.append(index + 1) }
        }
        guard findings.damagedSlides.count < max(slides.count, 1) else { throw .broken(Self.what) }
        guard !builder.blocks.isEmpty else { throw .blank }
        builder.warnings += findings.warnings
        let properties = try OfficeProperties(parts, what: Self.what)
        return builder.finish(
            title: firstTitle ?? properties.title ?? builder.firstHeading,
            mediaType: "application/vnd.openxmlformats-officedocument.presentationml.presentation",
            declaredLanguage: findings.language, pageCount: slides.count, emptyPages: emptyPages)
    }

    // MARK: One slide

    /// A slide that is missing or damaged costs only itself.
    private mutating func addSlide(_ name: String?, number: Int) throws(IngestError) {
        guard let name, let bytes = parts[name], let slide = try? XMLElement.parse(bytes, what: Self.what),
            let tree = slide.first(named: "cSld")?.first(named: "spTree")
        else {
            findings.damagedSlides.append(number)
            return
        }
        if ["0", "false"].contains(slide["show"] ?? "") { findings.hiddenSlides.append(number) }
        findings.countLanguages(tree)
        // Without relationships the texts are still there.
        let relationships = try? Relationships(parts, of: name, what: Self.what)
        let template = template(relationships?.first("slideLayout")?.target)
        var collector = SlideShapeCollector(template: template, size: slideSize)
        let shapes = collector.shapes(in: tree)
        findings.hiddenShapes += collector.hidden
        findings.outsideShapes += collector.outside
        findings.embeddedObjects += collector.embedded

        for shape in shapes where shape.isTitle {
            guard case .text(let body, _) = shape.content else { continue }
            let title = SlideText.line(body)
            if number == 1, firstTitle == nil, !title.isEmpty { firstTitle = title }
            try builder.heading(title, level: level(of: shape, template))
        }
        try add(shapes.filter { !$0.isTitle && !$0.isFurniture }, template, relationships)
        try addFurniture(shapes, slide, template)
        try addNotes(relationships)
        findings.comments += comments(relationships)
    }

    /// What stands at the edge of many slides, or on their layout, is said once.
    private mutating func addFurniture(
        _ shapes: [SlideShape], _ slide: XMLElement, _ template: SlideTemplate
    ) throws(IngestError) {
        var lines: [String] = []
        for shape in shapes where shape.isFurniture && shape.placeholderType != "sldNum" {
            if case .text(let body, _) = shape.content { lines.append(SlideText.line(body)) }
        }
        if !["0", "false"].contains(slide["showMasterSp"] ?? "") { lines += template.fixedTexts }
        for line in lines where furniture.insert(line).inserted { try builder.add(.paragraph, line) }
    }

    /// Title slides and section headers stand above the others.
    private func level(of title: SlideShape, _ template: SlideTemplate) -> Int {
        title.placeholderType == "ctrTitle" || ["title", "secHead"].contains(template.layoutType) ? 1 : 2
    }

    private mutating func template(_ name: String?) -> SlideTemplate {
        guard let name else { return SlideTemplate(layout: nil, master: nil) }
        if let known = templates[name] { return known }
        let master = (try? Relationships(parts, of: name, what: Self.what))?.first("slideMaster")?.target
        let template = SlideTemplate(layout: part(name), master: master.flatMap(part))
        templates[name] = template
        return template
    }

    /// The root of a part that only adds to the slides: nil when it is missing or damaged.
    private func part(_ name: String) -> XMLElement? {
        parts[name].flatMap { try? XMLElement.parse($0, what: Self.what) }
    }

    private mutating func add(
        _ shapes: [SlideShape], _ template: SlideTemplate, _ relationships: Relationships?
    ) throws(IngestError) {
        for index in SlideReadingOrder.order(shapes.map(\.box)) {
            switch shapes[index].content {
            case .text(let body, let placeholder):
                let text = SlideText { template.bullet(level: $0, placeholder: placeholder) }
                try add(text.parts(of: body))
            case .table(let table): try add(SlideTable.lines(table))
            case .chart(let id):
                guard let root = relationships?[id].flatMap({ part($0.target) }) else { continue }
                let chart = SlideChart(root)
                try builder.add(.paragraph, chart.title)
                try add(SlideTable.Lines(rows: chart.rows, hasHead: true))
            case .diagram(let id):
                guard let root = relationships?[id].flatMap({ part($0.target) }) else { continue }
                try builder.add(.list, SlideDiagram.items(root).joined(separator: "\n"))
            case .picture(let description): try builder.add(.paragraph, description)
            case .group(let members): try add(members, template, relationships)
            }
        }
    }

    private mutating func add(_ parts: [SlideText.Part]) throws(IngestError) {
        for part in parts {
            switch part {
            case .paragraph(let text): try builder.add(.paragraph, SlideText.trimmingLines(text))
            case .list(let items): try builder.add(.list, items.joined(separator: "\n"))
            case .code(let text): try builder.add(.code, text)
            }
        }
    }

    private mutating func add(_ table: SlideTable.Lines) throws(IngestError) {
        if table.rows.allSatisfy({ $0.count == 1 }) {
            for row in table.rows { try builder.add(.paragraph, row[0]) }
            return
        }
        let lines = table.rows.map { $0.joined(separator: " | ") }
        try builder.add(
            .table, lines.joined(separator: "\n"), headerLines: table.hasHead && table.rows.count > 1 ? 1 : 0)
    }

    // MARK: What belongs to a slide

    /// The speaker's notes follow the slide's text. The mark is in brackets, as all that is not the author's.
    private mutating func addNotes(_ relationships: Relationships?) throws(IngestError) {
        guard let name = relationships?.first("notesSlide")?.target,
            let tree = part(name)?.first(named: "cSld")?.first(named: "spTree")
        else { return }
        var collector = SlideShapeCollector(template: SlideTemplate(layout: nil, master: nil), size: nil)
        let bodies = collector.shapes(in: tree).filter { !$0.isFurniture }
        var parts: [SlideText.Part] = []
        for case .text(let body, _) in bodies.map(\.content) { parts += SlideText { _ in .none }.parts(of: body) }
        guard let first = parts.first else { return }
        if case .paragraph(let text) = first {
            parts[0] = .paragraph("[Notes] " + text)
        } else {
            try builder.add(.paragraph, "[Notes]")
        }
        try add(parts)
    }

    /// How many reviewers' comments there are, of both kinds that PowerPoint has had.
    private func comments(_ relationships: Relationships?) -> Int {
        (relationships?.all ?? []).filter { $0.kind == "comments" && !$0.isExternal }.reduce(0) { count, relationship in
            guard let root = part(relationship.target) else { return count }
            return count + root.descendants(named: "cm").count + root.descendants(named: "reply").count
        }
    }
}
