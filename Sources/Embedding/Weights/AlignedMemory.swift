import Glibc

/// Zeroed memory on whole 2 MiB pages, huge ones where the system gives them: weights are read over and over, and
/// small pages would cost an address translation each few rows.
///
/// Unchecked Sendable: an address and a size that never change. The bytes are written either before the owner is shared
/// (weights) or by the one thread that owns the memory (a pass).
final class AlignedMemory: @unchecked Sendable {
    private static let page = 2 << 20
    private let whole: UnsafeMutableRawPointer
    private let wholeCount: Int

    let start: UnsafeMutableRawPointer

    /// - Throws: `EmbeddingError` of kind `outOfMemory`.
    init(byteCount: Int) throws {
        let rounded = (max(byteCount, 1) + Self.page - 1) / Self.page * Self.page
        wholeCount = rounded + Self.page
        guard
            let whole = mmap(nil, wholeCount, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0),
            whole != MAP_FAILED
        else { throw EmbeddingError(.outOfMemory, "\(rounded >> 20) MiB were asked for") }
        self.whole = whole
        start = whole.alignedUp(toMultipleOf: Self.page)
        madvise(start, rounded, MADV_HUGEPAGE)
    }

    deinit { munmap(whole, wholeCount) }
}
