import Support

extension Citation: Codable {
    private enum CodingKeys: String, CodingKey {
        case marker, documentId, title, page, section, pageUnit, place, ocr, url, quote, score, supported, verdict,
            passage
    }

    /// `supported` stands beside `verdict`, as the contract has it.
    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(marker, forKey: .marker)
        try container.encode(documentId, forKey: .documentId)
        try container.encode(title, forKey: .title)
        try container.encodeIfPresent(page, forKey: .page)
        try container.encodeIfPresent(section, forKey: .section)
        try container.encodeIfPresent(pageUnit, forKey: .pageUnit)
        try container.encodeIfPresent(place, forKey: .place)
        try container.encodeIfPresent(ocr, forKey: .ocr)
        try container.encodeIfPresent(url, forKey: .url)
        try container.encode(quote, forKey: .quote)
        try container.encode(score, forKey: .score)
        try container.encode(supported, forKey: .supported)
        try container.encode(verdict, forKey: .verdict)
        try container.encode(passage, forKey: .passage)
    }

    /// Citations that were stored before there were verdicts have `supported` alone.
    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        marker = try container.decode(Int.self, forKey: .marker)
        documentId = try container.decode(String.self, forKey: .documentId)
        title = try container.decode(String.self, forKey: .title)
        page = try container.decodeIfPresent(Int.self, forKey: .page)
        section = try container.decodeIfPresent(String.self, forKey: .section)
        pageUnit = try container.decodeIfPresent(PageUnit.self, forKey: .pageUnit)
        place = try container.decodeIfPresent(String.self, forKey: .place)
        ocr = try container.decodeIfPresent(Bool.self, forKey: .ocr)
        url = try container.decodeIfPresent(String.self, forKey: .url)
        quote = try container.decode(String.self, forKey: .quote)
        score = try container.decode(Double.self, forKey: .score)
        verdict =
            try container.decodeIfPresent(ClaimVerdict.self, forKey: .verdict)
            ?? (container.decode(Bool.self, forKey: .supported) ? .supported : .unsupported)
        passage = try container.decode(String.self, forKey: .passage)
    }
}
