/// The answer that is a file: whole, a part of it, or "you have it already" (RFC 9110, sections 13 and 14). Pure but
/// for the file it passes on.
package enum FileResponse {
    /// - Parameters:
    ///   - conditions: the request's fields; `If-None-Match`, `Range` and `If-Range` are looked at.
    ///   - tag: a strong validator that is better than the file's own, in quotation marks.
    package static func make(
        _ file: OpenFile, type: String, conditions: HTTPFields, tag: String? = nil
    ) -> HTTPResponse {
        let tag = tag ?? file.entityTag
        var headers: HTTPFields = ["etag": tag, "accept-ranges": "bytes"]
        headers.append("last-modified", HTTPDate.format(seconds: file.modified / 1_000_000_000))
        if matches(conditions.list("if-none-match"), tag) { return HTTPResponse(status: 304, headers: headers) }
        headers.append("content-type", type)

        let mayBePart = conditions["if-range"].map { $0 == tag } ?? true
        switch mayBePart ? ByteRange.parse(conditions["range"], size: file.size) : .whole {
        case .whole: return HTTPResponse(status: 200, headers: headers, body: .slice(FileSlice(file)))
        case .part(let range):
            headers.append("content-range", "bytes \(range.lowerBound)-\(range.upperBound - 1)/\(file.size)")
            return HTTPResponse(status: 206, headers: headers, body: .slice(FileSlice(file, range)))
        case .unsatisfiable:
            return .problem(
                HTTPError(
                    416, .rangeNotSatisfiable, "The file has \(file.size) bytes: ask for a range within them.",
                    headers: ["content-range": "bytes */\(file.size)"]))
        }
    }

    /// Weak comparison (RFC 9110, section 8.8.3.2).
    static func matches(_ candidates: [String], _ tag: String) -> Bool {
        candidates.contains { $0 == "*" || ($0.hasPrefix("W/") ? $0.dropFirst(2) : $0[...]) == tag }
    }
}

/// A request for a part of a file (RFC 9110, section 14). Several ranges at once are answered with the whole file, as
/// section 14.2 allows.
enum ByteRange: Equatable {
    case whole
    /// Never empty.
    case part(Range<Int>)
    case unsatisfiable

    static func parse(_ field: String?, size: Int) -> ByteRange {
        guard let field, HTTPFields.equal(String(field.prefix(6)), "bytes=") else { return .whole }
        let bounds = HTTPFields.trimmed(String(field.dropFirst(6))).split(
            separator: "-", maxSplits: 1, omittingEmptySubsequences: false)
        guard bounds.count == 2, bounds.allSatisfy({ $0.utf8.allSatisfy { $0.digit != nil } }) else { return .whole }
        switch (bounds[0].isEmpty, bounds[1].isEmpty) {
        case (true, true): return .whole
        case (true, false):
            // The last bytes. A number beyond Int is more than there is.
            let count = min(Int(bounds[1]) ?? size, size)
            return count == 0 ? .unsatisfiable : .part(size - count..<size)
        case (false, _):
            guard let first = Int(bounds[0]), first < size else { return .unsatisfiable }
            let last = bounds[1].isEmpty ? size - 1 : min(Int(bounds[1]) ?? size - 1, size - 1)
            return first <= last ? .part(first..<last + 1) : .whole
        }
    }
}
