import FoundationEssentials
import Support

/// Which snapshot of a course is the current one: the small object that is changed by conditional writes only.
package struct CoursePointer: Codable, Sendable, Equatable {
    /// Counts from 1 with each change.
    package let version: Int
    /// SHA-256 of the course file's snapshot; nil when the course was deleted.
    package let hash: String?
    /// Bytes of the snapshot.
    package let size: Int64
    /// Given at the course's making: a course made anew under an old name is another one.
    package let incarnation: String
    /// The fencing token of whoever wrote it.
    package let fence: Int64
    /// The snapshots before, newest first: somebody may be fetching one.
    package let earlier: [String]
    package let changedAt: Timestamp

    /// Snapshots kept beside the current one.
    static let kept = 2
    /// Bytes of a pointer at most.
    static let limit = 16 << 10

    init(
        version: Int, hash: String?, size: Int64, incarnation: String, fence: Int64, earlier: [String],
        changedAt: Timestamp
    ) {
        self.version = version
        self.hash = hash
        self.size = size
        self.incarnation = incarnation
        self.fence = fence
        self.earlier = earlier
        self.changedAt = changedAt
    }

    /// What follows on it.
    /// - Returns: the pointer, and the snapshots that nobody is to need any more.
    func next(
        hash: String?, size: Int64, fence: Int64, at moment: Timestamp
    ) -> (pointer: CoursePointer, unused: [String]) {
        let before = ([self.hash].compactMap(\.self) + earlier).filter { $0 != hash }
        let pointer = CoursePointer(
            version: version + 1, hash: hash, size: size, incarnation: incarnation, fence: max(fence, self.fence),
            earlier: Array(before.prefix(Self.kept)), changedAt: moment)
        return (pointer, Array(before.dropFirst(Self.kept)))
    }

    /// nil for what is no pointer.
    static func read(_ bytes: [UInt8]) -> CoursePointer? {
        guard let pointer = try? JSONDecoder().decode(Self.self, from: Data(bytes)), pointer.version > 0,
            pointer.hash.map(isHash) ?? true, pointer.earlier.allSatisfy(isHash)
        else { return nil }
        return pointer
    }

    var bytes: [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys]
        // Strings and numbers only: there is nothing in it that JSON could not say.
        return (try? encoder.encode(self)).map(Array.init) ?? []
    }

    /// 64 lower-case hexadecimal digits.
    static func isHash(_ text: String) -> Bool {
        text.utf8.count == 64 && text.utf8.allSatisfy { (48...57).contains($0) || (97...102).contains($0) }
    }
}
