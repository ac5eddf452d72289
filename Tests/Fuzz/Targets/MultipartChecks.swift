@testable import WebServer

/// Bodies of forms.
enum MultipartChecks {
    private enum Reading: Equatable {
        case events([MultipartDecoder.Event], isComplete: Bool)
        case refused(Int)
    }

    @Sendable static func check(_ bytes: [UInt8]) -> String? {
        if let complaint = Cuts.differ("multipart", bytes, read) { return complaint }
        if case .events(let events, _) = read([bytes[...]]) {
            var isInside = false
            for event in events {
                switch event {
                case .part where isInside: return "a part within a part"
                case .part: isInside = true
                case .data(let data) where !isInside || data.isEmpty: return "data outside of a part, or none"
                case .data: break
                case .partEnd where !isInside: return "the end of no part"
                case .partEnd: isInside = false
                }
            }
        }
        return returns(bytes)
    }

    /// What is put into a part comes back, unless it holds the boundary itself.
    private static func returns(_ bytes: [UInt8]) -> String? {
        let boundary = Array("\r\n--fuzz".utf8)
        let framed = [13, 10] + bytes
        guard !framed.indices.contains(where: { framed[$0...].starts(with: boundary) }) else { return nil }
        let body = Array("--fuzz\r\nA: b\r\n\r\n".utf8) + bytes + boundary + Array("--\r\n".utf8)
        let data: [MultipartDecoder.Event] = bytes.isEmpty ? [] : [.data(bytes)]
        let expected = Reading.events([.part(["A": "b"])] + data + [.partEnd], isComplete: true)
        let found = read(Cuts.random(body, atMost: 50))
        return found == expected ? nil : "a part came back as \(found)"
    }

    /// Pieces of data are joined. Of a body that is refused only that counts: a piece's events are lost with its error.
    private static func read(_ pieces: [ArraySlice<UInt8>]) -> Reading {
        do throws(HTTPError) {
            var decoder = try MultipartDecoder(contentType: "multipart/form-data; boundary=fuzz")
            var events: [MultipartDecoder.Event] = []
            for piece in pieces {
                for event in try decoder.decode(Array(piece)) {
                    if case .data(let more) = event, case .data(let before)? = events.last {
                        events[events.count - 1] = .data(before + more)
                    } else {
                        events.append(event)
                    }
                }
            }
            return .events(events, isComplete: decoder.isComplete)
        } catch { return .refused(error.status) }
    }
}
