/// The texts of a diagram (SmartArt; ECMA-376 part 1, 21.4): the part with its data, as a list by levels.
enum SlideDiagram {
    private static let depthLimit = 9
    private static let pointLimit = 2_000

    static func items(_ part: XMLElement) -> [String] {
        var texts: [String: String] = [:]
        var order: [String] = []
        var root = ""
        for point in (part.first(named: "ptLst")?.elements(named: "pt") ?? []).prefix(pointLimit) {
            guard let id = point["modelId"] else { continue }
            switch point["type"] ?? "node" {
            case "doc": root = id
            case "node", "asst":
                texts[id] = point.first(named: "t").map(SlideText.line) ?? ""
                order.append(id)
            default: continue
            }
        }
        var children: [String: [(order: Int, id: String)]] = [:]
        for link in (part.first(named: "cxnLst")?.elements(named: "cxn") ?? []).prefix(4 * pointLimit) {
            guard link["type"] ?? "parOf" == "parOf", let from = link["srcId"], let to = link["destId"] else {
                continue
            }
            children[from, default: []].append((link["srcOrd"].flatMap { Int($0) } ?? 0, to))
        }
        var items: [String] = []
        var open = children[root, default: []].sorted { $0.order > $1.order }.map { (id: $0.id, level: 0) }
        while let (id, level) = open.popLast() {
            // Taken out, so that links in a circle end.
            guard let text = texts.removeValue(forKey: id) else { continue }
            if !text.isEmpty { items.append(String(repeating: "  ", count: level) + "- " + text) }
            let next = min(level + (text.isEmpty ? 0 : 1), depthLimit)
            open += children[id, default: []].sorted { $0.order > $1.order }.map { ($0.id, next) }
        }
        // What no link leads to.
        for id in order {
            if let text = texts[id], !text.isEmpty { items.append("- " + text) }
        }
        return items
    }
}
