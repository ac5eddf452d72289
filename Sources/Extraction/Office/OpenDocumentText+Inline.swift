/// What stands inside a paragraph: text, notes, pictures, fields.
extension OpenDocumentText {
    mutating func content(of paragraph: XMLElement) -> Content {
        var content = Content()
        readInline(paragraph, &content, isMonospaced: styles.isCode(paragraph["style-name"]))
        return content
    }

    private mutating func readInline(_ element: XMLElement, _ content: inout Content, isMonospaced: Bool) {
        for child in element.children {
            switch child {
            case .text(let text):
                // White space of the file is one space; what is meant has elements of its own (ODF 1.3, part 3, 6.1.2).
                content.text += String(text.map { $0.isNewline ? " " : $0 })
                let visible = text.utf8.count { !TextCleaner.isWhiteSpace($0) }
                if isMonospaced { content.monospaced += visible } else { content.proportional += visible }
            case .element(let element): readInlineElement(element, &content, isMonospaced: isMonospaced)
            }
        }
    }

    private mutating func readInlineElement(
        _ element: XMLElement, _ content: inout Content, isMonospaced: Bool
    ) {
        switch element.name {
        case "s":
            let count = min(max(element["c"].flatMap { Int($0) } ?? 1, 1), 100)
            content.text += String(repeating: " ", count: count)
        case "tab": content.text += "\t"
        case "line-break": content.text += "\n"
        case "span":
            let style = element["style-name"]
            if styles.isHidden(style) {
                hidden += 1
            } else {
                if styles.isRaised(style), WordInline.isPower(element.text, after: content.text) { content.text += "^" }
                let font = styles.font(style)
                if let font, ["symbol", "wingdings"].contains(font.lowercased()) {
                    content.text += SymbolFont.decode(element.text, font: font)
                } else {
                    let isSpanMonospaced = font.map { WordValue.isMonospaced($0) } ?? isMonospaced
                    readInline(element, &content, isMonospaced: isSpanMonospaced)
                }
            }
        case "note":
            guard let body = element.first(named: "note-body") else { return }
            noteCount += 1
            content.text += "[^\(noteCount)]"
            notes.append((noteCount, body))
        case "annotation": comments += 1
        case "frame", "g", "custom-shape", "rect", "ellipse", "line", "path", "polygon", "circle", "text-box":
            readGraphic(element, &content)
        case "ruby":
            if let base = element.first(named: "ruby-base") { readInline(base, &content, isMonospaced: isMonospaced) }
        case "hidden-text", "hidden-paragraph":
            if element["is-hidden"] == "true" {
                hidden += 1
            } else {
                readInline(element, &content, isMonospaced: isMonospaced)
            }
        case "script", "tracked-changes", "note-citation", "event-listeners": break
        default: readInline(element, &content, isMonospaced: isMonospaced)
        }
    }

    mutating func readGraphic(_ graphic: XMLElement, _ content: inout Content) {
        var open = [graphic]
        while let element = open.popLast() {
            switch element.name {
            case "text-box": content.boxes.append(element)
            case "custom-shape", "rect", "ellipse", "circle", "line", "path", "polygon", "polyline", "connector":
                content.boxes.append(element)
            case "table":
                let holder = XMLElement(XMLTag(name: "holder", namespace: "", attributes: []))
                holder.children = [.element(element)]
                content.boxes.append(holder)
            case "desc", "title":
                if let figure = FigureText.line(element.text), content.figures.last != figure {
                    content.figures.append(figure)
                }
            case "object":
                if let formula = element["href"].flatMap({ parts.formula($0) }) {
                    content.text += formula
                } else {
                    embedded += 1
                }
            case "object-ole", "floating-frame", "applet", "plugin": embedded += 1
            case "annotation", "glue-point", "event-listeners", "image": break
            default: open.append(contentsOf: element.elements.reversed())
            }
        }
    }
}
