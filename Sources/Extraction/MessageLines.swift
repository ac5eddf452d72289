/// Parts the bytes that a child sends into lines, within bounds.
struct MessageLines {
    private let lineLimit: Int
    private var bytesLeft: Int
    private var linesLeft: Int
    private var line: [UInt8] = []
    /// Set when a line or the whole was too long, or there were too many; nothing is handed out from then on.
    private(set) var isOverfull = false

    /// - Parameters:
    ///   - lineLimit: bytes of one line.
    ///   - totalLimit: bytes of all.
    ///   - countLimit: how many lines; each may cost its taker some microseconds.
    init(lineLimit: Int, totalLimit: Int, countLimit: Int) {
        self.lineLimit = lineLimit
        bytesLeft = totalLimit
        linesLeft = countLimit
    }

    /// Hands each line that is complete to `body`, without its end.
    mutating func append(_ bytes: UnsafeRawBufferPointer, _ body: (ArraySlice<UInt8>) -> Void) {
        bytesLeft -= bytes.count
        if bytesLeft < 0 { isOverfull = true }
        for byte in bytes where !isOverfull {
            if byte == UInt8(ascii: "\n") {
                linesLeft -= 1
                guard linesLeft >= 0 else {
                    isOverfull = true
                    return
                }
                body(line[...])
                line.removeAll(keepingCapacity: true)
            } else if line.count < lineLimit {
                line.append(byte)
            } else {
                isOverfull = true
            }
        }
    }
}
