/// What a picture shows, in the words of the document's author (alternative text).
enum FigureText {
    /// `[Figure: …]`, or nil: names of files, and what programs write when nobody said anything, tell nothing.
    static func line(_ description: String) -> String? {
        let text = TextCleaner.collapsingWhiteSpace(description)
        guard text.utf8.count > 3, text.contains(where: \.isLetter) else { return nil }
        let lower = text.lowercased()
        if pictureSuffixes.contains(DocumentType.fileExtension(of: lower)) { return nil }
        // A machine's guess is no word of the author.
        if machineMade.contains(where: { lower.contains($0) }) { return nil }
        if lower.hasPrefix("http://") || lower.hasPrefix("https://") || lower.hasPrefix("data:") { return nil }
        return "[Figure: \(TextCleaner.shortened(text, to: 2_000))]"
    }

    private static let pictureSuffixes: Set<String> = [
        "png", "jpg", "jpeg", "gif", "bmp", "tif", "tiff", "emf", "wmf", "svg", "webp", "heic",
    ]
    private static let machineMade = [
        "automatically generated", "gerada automaticamente", "gerado automaticamente", "generada automáticamente",
        "ai-generated", "gerado por ia",
    ]
}
