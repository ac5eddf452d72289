extension EventFrame {
    /// The JSON object, as sockets and event streams send it.
    ///
    /// Pieces of text are nearly all there is to send, so theirs is written by hand: the same bytes as the encoder's, at a
    /// small part of its cost.
    package var text: String {
        guard case .messageDelta(let delta) = event else { return JSONText.encode(self) }
        var json: [UInt8] = []
        json.reserveCapacity(192 + delta.content.utf8.count)
        json += "{\"attempt\":\(delta.attempt),\"content\":".utf8
        Self.append(delta.content, to: &json)
        json += ",\"event\":\"message_delta\",\"index\":\(delta.index),\"jobId\":".utf8
        Self.append(delta.jobId, to: &json)
        json += ",\"seq\":\(seq),\"stream\":\(delta.stream),\"timestamp\":\(timestamp)}".utf8
        return String(decoding: json, as: UTF8.self)
    }

    /// A JSON string (RFC 8259, section 7) in the encoder's spelling.
    private static func append(_ text: String, to json: inout [UInt8]) {
        json.append(UInt8(ascii: "\""))
        var text = text
        text.withUTF8 { bytes in
            var start = 0
            for (index, byte) in bytes.enumerated() {
                guard byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") else { continue }
                json += bytes[start..<index]
                start = index + 1
                json.append(UInt8(ascii: "\\"))
                switch byte {
                case 0x08: json.append(UInt8(ascii: "b"))
                case 0x09: json.append(UInt8(ascii: "t"))
                case 0x0A: json.append(UInt8(ascii: "n"))
                case 0x0C: json.append(UInt8(ascii: "f"))
                case 0x0D: json.append(UInt8(ascii: "r"))
                case 0x00..<0x20:
                    let digits = Array("0123456789abcdef".utf8)
                    json += "u00".utf8
                    json += [digits[Int(byte >> 4)], digits[Int(byte & 15)]]
                default: json.append(byte)
                }
            }
            json += bytes[start...]
        }
        json.append(UInt8(ascii: "\""))
    }
}
