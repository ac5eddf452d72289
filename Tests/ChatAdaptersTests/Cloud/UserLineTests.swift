import ChatService
import Support
import TestSupport
import Testing

@testable import ChatAdapters

/// The line of one user as a value, against the plain model that SQLite's line is held against too.
@Suite("A user's line in the cloud") struct UserLineTests {
    @Test("Whatever is accepted and ended, it is what the model says", arguments: 1...50)
    func histories(seed: Int) throws {
        var random = LinearCongruential(seed: UInt64(seed))
        var limits = JobLimits()
        limits.activePerUser = Int.random(in: 1...4, using: &random)
        var (line, model) = (UserLine(), LineModel(limits: limits))
        let now = Timestamp(milliseconds: 0)
        for number in 0..<300 {
            if Int.random(in: 0..<100, using: &random) < 55 || model.open.isEmpty {
                let conversation = "c\(Int.random(in: 0..<5, using: &random))"
                model.accept("j\(number)", user: "u", conversation: conversation, at: now)
                let isParked = line.enter("j\(number)", of: conversation, cap: limits.activePerUser)
                #expect(isParked != nil && isParked == model.open.last?.isParked)
            } else {
                let ended = model.open[Int.random(in: 0..<model.open.count, using: &random)].id
                let before = Set(model.open.filter { !$0.isParked }.map(\.id))
                model.end([ended], at: now)
                let stepped = line.leave(ended, cap: limits.activePerUser)
                #expect(stepped == model.open.filter { !$0.isParked && !before.contains($0.id) }.map(\.id))
            }
            #expect(line.open.map(\.job) == model.open.map(\.id))
            #expect(line.open.map(\.isParked) == model.open.map(\.isParked))
            #expect(try UserLine(text: line.text) == line)
        }
    }

    @Test("After the cap was raised the next ends let in what may go, a few each")
    func raisedCap() throws {
        var line = UserLine()
        for number in 0..<20 { _ = line.enter("j\(number)", of: "c\(number)", cap: 1) }
        let first = line.leave("j0", cap: 10)
        #expect(first == (1...5).map { "j\($0)" })
        let second = line.leave("j1", cap: 10)
        #expect(second == (6...10).map { "j\($0)" })
    }

    @Test("It is never larger than an item may be")
    func bound() throws {
        var line = UserLine()
        for _ in 0..<UserLine.most {
            let isParked = line.enter(RandomIdentifier.make(), of: RandomIdentifier.make(), cap: 2)
            #expect(isParked != nil)
        }
        let another = line.enter("more", of: "c", cap: 2)
        #expect(another == nil)
        #expect(line.text.utf8.count < 390_000)
    }

    @Test("What this program did not write is refused", arguments: ["a", "a b c", "-", "a b,c"])
    func unreadable(text: String) {
        #expect(throws: CloudStoreError.unreadable) { try UserLine(text: text) }
    }

    @Test("Moments stand in the order of time, and the backlog's parts are the limit")
    func keys() {
        let moments = [0, 1, 9, 10, 1_733_788_120_000, 99_999_999_999_999].map(Timestamp.init(milliseconds:))
        #expect(moments.map { ChatKey.text($0) } == moments.map { ChatKey.text($0) }.sorted())
        for backlog in [1, 2, 15, 16, 17, 2_000, 10_000] {
            let rooms = CloudLine.rooms(backlog)
            #expect((0..<rooms).reduce(0) { $0 + CloudLine.size(ofRoom: $1, backlog) } == backlog)
        }
    }
}
