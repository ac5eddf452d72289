import Support

/// What keeps a text from becoming a vector.
package struct EmbeddingError: ExplainedError, Hashable {
    package enum Kind: String, Sendable, CaseIterable {
        case folderMissing = "model_folder_missing"
        case fileMissing = "model_file_missing"
        case fileUnreadable = "model_file_unreadable"
        case fileDamaged = "model_file_damaged"
        case unsupportedModel = "model_unsupported"
        case outOfMemory = "embedding_out_of_memory"
        case overloaded = "embedding_overloaded"
        case notFinite = "embedding_not_finite"
    }

    package let kind: Kind
    /// The folder or file that it is about; empty when there is none.
    package let path: String
    /// What was expected and what was found, without a full stop.
    package let finding: String

    init(_ kind: Kind, path: String = "", _ finding: String) {
        self.kind = kind
        self.path = path
        self.finding = finding
    }

    package var label: String { kind.rawValue }

    package var description: String {
        let about = path.isEmpty ? "" : " (\(path))"
        return switch kind {
        case .folderMissing, .fileMissing:
            "The embedding model is missing: \(finding)\(about). Run scripts/setup or set GEPETO_MODEL_DIR to its folder."
        case .fileUnreadable:
            "The embedding model cannot be read: \(finding)\(about). Check the file's permissions."
        case .fileDamaged:
            "The embedding model is damaged: \(finding)\(about). "
                + "Delete its folder and run scripts/setup, or set GEPETO_MODEL_DIR to a whole copy."
        case .unsupportedModel:
            "The embedding model cannot be used: \(finding)\(about). "
                + "Set GEPETO_MODEL_DIR to a BERT or XLM-RoBERTa encoder in Hugging Face layout, or run scripts/setup for one."
        case .outOfMemory: "There is no memory for the embedding model: \(finding). Give the process more."
        case .overloaded: "Too many texts wait for their vectors: \(finding). Try again in a few seconds."
        case .notFinite:
            "The embedding model computes no usable vectors: \(finding)\(about). "
                + "Its weights are damaged; run scripts/setup or set GEPETO_MODEL_DIR to another copy."
        }
    }
}
