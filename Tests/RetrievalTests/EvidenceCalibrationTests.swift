import Foundation
import Support
import Testing

@testable import Retrieval

@Suite struct EvidenceCalibrationTests {
    private struct Fixture: Decodable {
        struct Case: Decodable {
            let similarity: Double
            let lexical: Double
            let agreement: Double
            let sentences: Double
            let coverage: Double
            let namesMissing: Double
            let familiarity: Double
            let isForeign: Bool
            let score: Double

            var signals: EvidenceSignals {
                var signals = EvidenceSignals()
                signals.topSimilarity = similarity
                signals.lexical = lexical
                signals.agreement = agreement
                signals.sentences = sentences
                signals.coverage = coverage
                signals.namesMissing = namesMissing
                signals.familiarity = familiarity
                signals.isForeign = isForeign
                return signals
            }
        }

        let calibration: EvidenceCalibration
        let cases: [Case]
    }

    private let folder = NSTemporaryDirectory() + "gepeto-calibration-" + UUID().uuidString
    private let space = EmbeddingSpace(name: "m", revision: "r", dimension: 8, pooling: "mean")

    private func fixture() throws -> Fixture {
        let path = String(#filePath.prefix(upTo: #filePath.lastIndex(of: "/") ?? #filePath.endIndex))
        let data = try Data(contentsOf: URL(fileURLWithPath: path + "/Fixtures/evidence.json"))
        return try JSONDecoder().decode(Fixture.self, from: data)
    }

    /// Against the script that fits it (Benchmarks/answers/fit_evidence.py --fixture).
    @Test func scoresAreThoseOfTheFit() throws {
        let fixture = try fixture()
        #expect(fixture.cases.count > 10)
        for (number, test) in fixture.cases.enumerated() {
            let score = fixture.calibration.score(of: test.signals)
            #expect(abs(score - test.score) < 1e-6, "case \(number)")
        }
        #expect(EvidenceCalibration.shipped == [fixture.calibration], "shipped is what was fitted")
    }

    @Test func eachModelHasItsOwn() throws {
        let shipped = try #require(EvidenceCalibration.shipped.first)
        let known = EmbeddingSpace(name: "renamed", revision: shipped.revision, dimension: 384, pooling: "mean")
        #expect(EvidenceCalibration.standard(for: known) == shipped && shipped.isMeasured)
        let other = EvidenceCalibration.standard(for: space)
        #expect(!other.isMeasured)
        var signals = EvidenceSignals()
        signals.lexical = 0.8
        signals.sentences = 0.7
        signals.coverage = 0.9
        let score = other.score(of: signals)
        #expect(score > 0.5)
        signals.topSimilarity = 1
        signals.agreement = 1
        signals.familiarity = 0
        #expect(other.score(of: signals) == score, "vectors say nothing where nobody has measured what they say")
    }

    @Test func nothingFoundIsNoEvidence() {
        for calibration in EvidenceCalibration.shipped + [.unmeasured] {
            #expect(calibration.score(of: EvidenceSignals()) < calibration.threshold)
            #expect(calibration.isSound)
        }
    }

    @Test func anotherLanguageHasAThresholdOfItsOwn() throws {
        let fitted = try fixture().calibration
        var signals = EvidenceSignals()
        #expect(fitted.threshold(for: signals) == fitted.threshold)
        signals.isForeign = true
        #expect(fitted.threshold(for: signals) == fitted.foreignThreshold)
        var older = try #require(
            JSONSerialization.jsonObject(with: JSONEncoder().encode(fitted)) as? [String: Any])
        older["foreignThreshold"] = nil
        let read = try JSONDecoder().decode(
            EvidenceCalibration.self, from: JSONSerialization.data(withJSONObject: older))
        #expect(read.isSound && read.threshold(for: signals) == fitted.threshold)
    }

    @Test func aFileInTheModelsFolderCounts() throws {
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        #expect(try EvidenceCalibration.find(for: space, modelFolder: folder) == .unmeasured)
        let fitted = try fixture().calibration
        try write(JSONEncoder().encode(fitted))
        let own = EmbeddingSpace(name: "m", revision: fitted.revision, dimension: 8, pooling: "mean")
        #expect(try EvidenceCalibration.find(for: own, modelFolder: folder) == fitted)
        let path = folder + "/evidence.json"
        #expect(throws: EvidenceCalibrationError.otherModel(path: path, file: fitted.revision, model: space)) {
            try EvidenceCalibration.find(for: space, modelFolder: folder)
        }
    }

    @Test(
        "What is no calibration is refused, never taken for one",
        arguments: ["", "{}", "[1]", "{\"model\": \"m\"}", "threshold"])
    func broken(text: String) throws {
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        var data = Data(text.utf8)
        if text == "threshold" {
            let sound = String(decoding: try JSONEncoder().encode(try fixture().calibration), as: UTF8.self)
            data = Data(sound.replacing(/"threshold":[0-9.]+/, with: "\"threshold\":1.5").utf8)
        }
        try write(data)
        #expect(throws: EvidenceCalibrationError.unreadable(path: folder + "/evidence.json")) {
            try EvidenceCalibration.find(for: space, modelFolder: folder)
        }
    }

    private func write(_ data: Data) throws { try data.write(to: URL(fileURLWithPath: folder + "/evidence.json")) }
}
