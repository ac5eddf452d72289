import Retrieval
import Support

/// Where the original of a document is read (contract, section 1).
enum ContentAddress {
    static func path(course: CourseID, document: String) -> String {
        "/api/courses/\(course)/documents/\(document)/content"
    }

    /// The place of a passage in it, as far as an address can say: the page of a PDF (RFC 8118, section 3).
    /// - Parameter page: of a part of the passage; nil for the passage's first one.
    static func of(_ passage: Passage, page: Int? = nil, in course: CourseID) -> String {
        let path = path(course: course, document: passage.documentID)
        guard passage.documentPath.lowercased().hasSuffix(".pdf"), let page = page ?? passage.pages?.lowerBound
        else {
            return path
        }
        return "\(path)#page=\(page)"
    }
}
