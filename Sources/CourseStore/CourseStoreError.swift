import Support

/// Why a course file could not be used, with what to do about it. SQLite's own troubles come as `SQLiteError`.
package enum CourseStoreError: ExplainedError, Equatable {
    /// The file's vectors were made in another space than the one asked for.
    case otherModel(path: String, file: EmbeddingSpace, program: EmbeddingSpace)
    /// A vector or a list of vectors has another length than the space and the chunks ask for.
    case wrongVectorCount(expected: Int, found: Int)
    /// A vector holds an infinity or something that is no number.
    case vectorNotFinite

    package var label: String {
        switch self {
        case .otherModel: "course_other_model"
        case .wrongVectorCount: "course_wrong_vector_count"
        case .vectorNotFinite: "course_vector_not_finite"
        }
    }

    package var description: String {
        switch self {
        case .otherModel(let path, let file, let program):
            """
            The course file \(path) was made with the model \(file), this program runs \(program), and their vectors \
            cannot be compared: set GEPETO_MODEL_DIR to the former model, or move the file away and ingest the \
            documents again.
            """
        case .wrongVectorCount(let expected, let found):
            """
            The embedding model returned \(found) numbers where \(expected) were expected; check that GEPETO_MODEL_DIR \
            holds a sentence embedding model.
            """
        case .vectorNotFinite:
            """
            The embedding model returned a vector with values that are no numbers; the model files may be damaged: \
            run scripts/setup again.
            """
        }
    }
}
