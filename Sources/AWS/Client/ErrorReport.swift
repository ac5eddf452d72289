import FoundationEssentials
import HTTPClient

/// What an answer that says no says: the short code, and what belongs to it. Its message is not kept.
struct ErrorReport {
    private(set) var code: String?
    private(set) var reasons: [AWSError.CancellationReason] = []
    private(set) var item: Item?
    /// Where S3 says the bucket is.
    private(set) var region: String?

    /// Bytes of a body at most, old items of a transaction included: 100 of 400 KB would be more than anybody asks for.
    static let limit = 8 << 20

    init(_ head: HTTPResponseHead, _ body: [UInt8], service: AWSService) {
        if service == .s3 {
            let document = try? S3Document(body)
            code = document?.root == "Error" ? document?["Code"].flatMap(Self.plain) : nil
            region = document?["Region"]
            return
        }
        let answer = try? JSONDecoder().decode(Answer.self, from: Data(body))
        // A name may come with its name space before a number sign and an address after a colon.
        let type = (answer?.type ?? head["x-amzn-errortype"])
            .map { String($0.prefix { $0 != ":" }.split(separator: "#").last ?? "") }
        // SQS's older name, by which its documentation lists errors, when there is no newer one.
        let older = head["x-amzn-query-error"].map { String($0.prefix { $0 != ";" }) }
        code = (type ?? older).flatMap(Self.plain)
        reasons = (answer?.reasons ?? []).prefix(100).map {
            AWSError.CancellationReason(code: $0.code.flatMap(Self.plain) ?? "None", item: $0.item)
        }
        item = answer?.item
    }

    /// A name that may stand in a sentence; nil for anything longer or stranger.
    static func plain(_ text: String) -> String? {
        guard (1...100).contains(text.utf8.count) else { return nil }
        let isPlain = text.utf8.allSatisfy { byte in
            switch byte {
            case 0x30...0x39, 0x41...0x5a, 0x61...0x7a: true
            default: "-._".utf8.contains(byte)
            }
        }
        return isPlain ? text : nil
    }

    private struct Answer: Decodable {
        let type: String?
        let reasons: [Reason]?
        let item: Item?

        enum CodingKeys: String, CodingKey {
            case type = "__type"
            case reasons = "CancellationReasons"
            case item = "Item"
        }
    }

    private struct Reason: Decodable {
        let code: String?
        let item: Item?

        enum CodingKeys: String, CodingKey {
            case code = "Code"
            case item = "Item"
        }
    }
}
