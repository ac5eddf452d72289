import FoundationEssentials
import Support

extension EvidenceCalibration {
    /// What the calibration of a model is called in the model's folder.
    package static let fileName = "evidence.json"

    /// The calibration for vectors of `space`: that in the model's folder, else the one shipped for that model, else the
    /// one for models nobody has measured, which does not look at the vectors.
    /// - Throws: `EvidenceCalibrationError` when there is a file that is not for this model, or no calibration.
    package static func find(for space: EmbeddingSpace, modelFolder: String) throws -> EvidenceCalibration {
        let path = modelFolder + "/" + fileName
        guard let bytes = FileManager.default.contents(atPath: path) else { return standard(for: space) }
        let calibration: EvidenceCalibration
        do {
            calibration = try JSONDecoder().decode(EvidenceCalibration.self, from: bytes)
        } catch {
            throw EvidenceCalibrationError.unreadable(path: path)
        }
        guard calibration.isSound else { throw EvidenceCalibrationError.unreadable(path: path) }
        guard calibration.revision == space.revision else {
            throw EvidenceCalibrationError.otherModel(path: path, file: calibration.revision, model: space)
        }
        return calibration
    }

    /// Without a look at a model's folder.
    package static func standard(for space: EmbeddingSpace) -> EvidenceCalibration {
        shipped.first { $0.revision == space.revision } ?? unmeasured
    }

    /// Whether it was fitted for a model, rather than for none in particular.
    package var isMeasured: Bool { !revision.isEmpty }
}

/// Why the calibration in a model's folder cannot be used.
package enum EvidenceCalibrationError: ExplainedError, Equatable {
    case unreadable(path: String)
    case otherModel(path: String, file: String, model: EmbeddingSpace)

    package var label: String {
        switch self {
        case .unreadable: "evidence_unreadable"
        case .otherModel: "evidence_other_model"
        }
    }

    package var description: String {
        switch self {
        case .unreadable(let path):
            "The file \(path) is no calibration of evidence: make it anew with Benchmarks/answers/fit_evidence.py, or delete it."
        case .otherModel(let path, let file, let model):
            "The file \(path) was made for a model of revision \(file), not for \(model): make it anew with "
                + "Benchmarks/answers/fit_evidence.py, or delete it."
        }
    }
}
