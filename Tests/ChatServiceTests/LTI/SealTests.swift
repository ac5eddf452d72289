import Support
import TestSupport
import Testing

@testable import ChatService

@Suite struct SealTests {
    private let time = ManualTime()
    private let state = LaunchState(
        issuer: "https://moodle.example", clientID: "c", deploymentID: nil, nonce: "n", binding: "b", storage: "_parent"
    )

    private func seal(_ secret: String = "secret") -> Seal { Seal(secret: Array(secret.utf8), time: time) }

    @Test("What was sealed is known again, for its purpose and its time only")
    func opens() {
        let text = seal().seal(state, for: .state, lasting: .seconds(600))
        #expect(seal().open(text, as: LaunchState.self, for: .state) == state)
        #expect(seal().open(text, as: LaunchState.self, for: .course) == nil)
        #expect(seal("other").open(text, as: LaunchState.self, for: .state) == nil)
        time.advance(by: .seconds(599))
        #expect(seal().open(text, as: LaunchState.self, for: .state) == state)
        time.advance(by: .seconds(1))
        #expect(seal().open(text, as: LaunchState.self, for: .state) == nil)
    }

    @Test("Not one byte can be changed")
    func tampered() {
        let text = seal().seal(state, for: .state, lasting: .seconds(600))
        for index in text.utf8.indices {
            var bytes = Array(text.utf8)
            bytes[text.utf8.distance(from: text.utf8.startIndex, to: index)] ^= 1
            #expect(seal().open(String(decoding: bytes, as: UTF8.self), as: LaunchState.self, for: .state) == nil)
        }
        for bad in [
            "", ".", "a.b", text + "=", text + ".", String(text.dropLast()), String(repeating: "a", count: 20_000),
        ] {
            #expect(seal().open(bad, as: LaunchState.self, for: .state) == nil)
        }
    }
}
