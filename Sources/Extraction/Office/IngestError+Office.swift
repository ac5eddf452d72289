extension IngestError {
    /// For the limits that no honest file reaches.
    /// - Parameter measure: what is wrong with it, as the end of a sentence.
    static func harmful(_ what: String, _ measure: String) -> IngestError {
        IngestError(
            .tooLarge,
            "The \(what) \(measure); it is damaged or made to do harm and was not read. "
                + "Open it in its own program, save it as a new file and load that.")
    }

    static func definesEntities(_ what: String) -> IngestError {
        IngestError(
            .broken,
            "The \(what) defines entities of its own, which can grow without end or point to other files; it was not "
                + "read. Open it in its own program, save it as a new file and load that.")
    }

    static let encryptedOffice = IngestError(
        .encrypted, "The document is password protected. Save a copy without the password and load that.")
}
