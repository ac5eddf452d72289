import Testing

@testable import Retrieval

@Suite struct PlaceRangeTests {
    @Test(
        arguments: [
            (["Notas!A2:F9", "Notas!A10:F20"], "Notas!A2:F20"),
            (["00:01:23–00:02:10", "00:02:10–00:03:00"], "00:01:23–00:03:00"),
            (["00:01:23", "00:02:10"], "00:01:23–00:02:10"),
            (["10–42", "40–60", "61"], "10–61"), (["7"], "7"), (["7", "7"], "7"),
            (["A2:F9", "A10:F12"], "A2:F12"), (["B3", "B4"], "B3:B4"),
            (["Notas!A2:F9", "Faltas!A2:C4"], "Notas!A2:F9, Faltas!A2:C4"),
            (["Turma A: 1!A2:F9", "Turma A: 1!A10:F11"], "Turma A: 1!A2:F11"),
            (["P!Q!A1:B2", "P!Q!A3:B4"], "P!Q!A1:B4"),
            ([], nil),
        ] as [([String], String?)])
    func areJoined(_ places: [String], _ expected: String?) { #expect(PlaceRange.joined(places) == expected) }
}
