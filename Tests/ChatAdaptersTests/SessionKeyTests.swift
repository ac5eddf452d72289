import Support
import Testing

@testable import ChatAdapters

@Suite struct SessionKeyTests {
    @Test func aKeyIsItsTextAndTheTextTheKey() throws {
        let key = SessionKey(at: Timestamp(milliseconds: 0x0123_4567_89AB))
        #expect(key.text.utf8.count == 40 && key.text.hasPrefix("456789ab"))
        #expect(SessionKey(key.text) == key)
        for old in [String(repeating: "0", count: 32), "0123456789abcdeffedcba9876543210"] {
            #expect(try #require(SessionKey(old)).text == old)
        }
        // The same bits with and without a time are two ids.
        #expect(SessionKey(String(repeating: "0", count: 40)) != SessionKey(String(repeating: "0", count: 32)))
    }

    @Test(arguments: [
        "", "0", String(repeating: "0", count: 31), String(repeating: "0", count: 33),
        String(repeating: "0", count: 41),
        String(repeating: "A", count: 32), "g" + String(repeating: "0", count: 31),
        String(repeating: "0", count: 39) + "é", String(repeating: "0", count: 39) + "\n",
        String(repeating: "0", count: 7) + "+" + String(repeating: "0", count: 32),
    ])
    func whatHasNotTheFormIsNoKey(_ text: String) { #expect(SessionKey(text) == nil) }

    @Test func noTwoAreTheSameAndLaterOnesStandBehind() {
        let made = (0..<1_000).map { SessionKey(at: Timestamp(milliseconds: 1_733_788_120_000 + $0)) }
        #expect(Set(made).count == 1_000)
        #expect(made.map(\.text) == made.map(\.text).sorted())
        let now = (0..<1_000).map { _ in SessionKey(at: Timestamp(milliseconds: 0)) }
        #expect(Set(now).count == 1_000)
    }
}
