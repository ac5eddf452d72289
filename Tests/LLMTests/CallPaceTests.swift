import Testing

@testable import LLM

@Suite struct CallPaceTests {
    private func isSlow(firstText: Duration?, end: Duration, characters: Int) -> Bool {
        var pace = CallPace(start: .seconds(100))
        if let firstText {
            pace.received(String(repeating: "é", count: characters), at: .seconds(100) + firstText)
        }
        return pace.isSlow(at: .seconds(100) + end, limit: .seconds(20))
    }

    @Test func slowIsWhatAStudentFeels() {
        #expect(!isSlow(firstText: .seconds(1), end: .seconds(19.9), characters: 1), "over in time")
        #expect(isSlow(firstText: .seconds(20), end: .seconds(21), characters: 5_000), "the first word came late")
        #expect(!isSlow(firstText: .seconds(2), end: .seconds(52), characters: 1_000), "long, but read as it came")
        #expect(isSlow(firstText: .seconds(2), end: .seconds(52), characters: 999), "more slowly than it is read")
        #expect(isSlow(firstText: nil, end: .seconds(20), characters: 0))
    }
}
