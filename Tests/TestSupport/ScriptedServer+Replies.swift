extension [ScriptedServer.Step] {
    /// A response with a Content-Length.
    package static func response(_ status: Int = 200, headers: [String] = [], _ body: String = "") -> Self {
        let lines = ["HTTP/1.1 \(status) Scripted", "Content-Length: \(body.utf8.count)"] + headers
        return [.send([UInt8]((lines.joined(separator: "\r\n") + "\r\n\r\n" + body).utf8))]
    }

    /// The head of a response whose body has no length and ends with the connection, and the body's beginning, in one
    /// write.
    package static func openResponse(_ status: Int = 200, headers: [String] = [], _ start: [UInt8] = []) -> Self {
        let lines = ["HTTP/1.1 \(status) Scripted", "Connection: close"] + headers
        return [.send([UInt8]((lines.joined(separator: "\r\n") + "\r\n\r\n").utf8) + start)]
    }

    /// A chunked response, a chunk for each piece; without its end when `isWhole` is false.
    package static func chunked(_ pieces: [[UInt8]], headers: [String] = [], isWhole: Bool = true) -> Self {
        let lines = ["HTTP/1.1 200 OK", "Transfer-Encoding: chunked"] + headers
        var steps: Self = [.send([UInt8]((lines.joined(separator: "\r\n") + "\r\n\r\n").utf8))]
        for piece in pieces where !piece.isEmpty {
            steps.append(.send([UInt8]("\(String(piece.count, radix: 16))\r\n".utf8) + piece + [UInt8]("\r\n".utf8)))
        }
        if isWhole { steps.append(.send([UInt8]("0\r\n\r\n".utf8))) }
        return steps
    }
}
