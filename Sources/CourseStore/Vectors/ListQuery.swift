import CKernels

/// A query as lists see it.
struct ListQuery: Sendable {
    /// Standard deviations by which an estimate may be too low before a chunk is missed: of a code, of a fine code.
    static let caution: Float = 3
    private static let fineCaution: Float = 3

    let level: CodeLevel
    let length: Float
    /// For the scan.
    let table: [UInt8]
    let step: Float
    /// For the second look: the query in eight bits a coordinate.
    let fine: [Int8]
    /// What an error of length 1 of a fine code may come to.
    let fineDeviation: Float
    private let fineStep: Float
    private let fineSum: Int32

    init(_ query: [Float], _ rotation: CodeRotation, level: CodeLevel) {
        self.level = level
        let rotated = rotation(query)
        length = query.reduce(0) { $0 + $1 * $1 }.squareRoot()
        var table = [UInt8](repeating: 0, count: codes_table_bytes(query.count))
        var fine = [Int8](repeating: 0, count: 2 * codes_fine_bytes(query.count))
        var (step, fineStep) = (Float(0), Float(0))
        codes_table(rotated, query.count, &table, &step)
        fineSum = codes_fine_query(rotated, query.count, &fine, &fineStep)
        (self.table, self.step, self.fine, self.fineStep) = (table, step, fine, fineStep)
        fineDeviation = Self.fineCaution * length / Float(query.count).squareRoot()
    }

    /// The product of a fine code with the query, of what `codes_fine_scan` counted.
    func fineProduct(_ sum: Int32) -> Float { fineStep * Float(2 * sum - 15 * fineSum) }
}
