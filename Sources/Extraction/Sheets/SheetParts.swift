/// The parts of a workbook's sheets, a few of them in memory at a time: each alone where there are few, in groups where there
/// are so many that going through the container for each would take long.
struct SheetParts {
    private static let groupCount = 40

    private let path: String
    private let what: String
    /// Names in lower case.
    private let groups: [String: Set<String>]
    private var current: ZIPParts?
    private var currentGroup: Set<String> = []

    init(path: String, names: [String], what: String) {
        self.path = path
        self.what = what
        let names = names.map { $0.lowercased() }
        let size = max((names.count + Self.groupCount - 1) / Self.groupCount, 1)
        var groups: [String: Set<String>] = [:]
        for start in stride(from: 0, to: names.count, by: size) {
            let group = Set(names[start..<min(start + size, names.count)])
            for name in group { groups[name] = group }
        }
        self.groups = groups
    }

    /// - Returns: nil when there is no such part.
    /// - Throws: `tooLarge` when it alone is larger than a part may be; `broken`.
    mutating func bytes(_ name: String) throws(IngestError) -> [UInt8]? {
        let key = name.lowercased()
        if !currentGroup.contains(key) {
            // The former group makes room first.
            current = nil
            let group = groups[key] ?? [key]
            do {
                current = try read(group)
                currentGroup = group
            } catch {
                currentGroup = []
                guard error.code == .tooLarge, group.count > 1 else { throw error }
                current = try read([key])
                currentGroup = [key]
            }
        }
        return current?[name]
    }

    private func read(_ names: Set<String>) throws(IngestError) -> ZIPParts {
        try ZIPParts.read(path: path, what: what) { names.contains($0.lowercased()) }
    }
}
