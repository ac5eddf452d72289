import ChatService
import FoundationEssentials
import Support
import WebServer

/// Streams pieces of text to sessions through the port that a worker uses, each with the moment of its making:
/// `@` and nanoseconds of the machine's monotonic clock.
struct DeltaDriver: Sendable {
    private struct Order: Decodable {
        let sessions: [String]
        /// Pieces a second to each session.
        let rate: Double
        let seconds: Double
    }

    /// The sessions are served in this many turns an interval, so that they do not all speak at the same moment.
    private static let turns = 10

    let sessions: any Sessions
    private let time = SystemTime()

    init(sessions: any Sessions) { self.sessions = sessions }

    /// `POST /load/drive`: answered when the last piece was appended, with how many there were.
    func respond(_ request: HTTPRequest) async throws -> HTTPResponse {
        let order = try JSONDecoder().decode(Order.self, from: Data(try await request.body.collect(upTo: 1 << 20)))
        let streams = order.sessions.map { (session: $0, job: RandomIdentifier.make()) }
        let interval = Duration.seconds(1 / order.rate)
        let start = time.elapsed
        var sent = 0
        for round in 0..<Int(order.rate * order.seconds) {
            for turn in 0..<Self.turns {
                let due = start + interval * (round * Self.turns + turn) / Self.turns
                let wait = due - time.elapsed
                if wait > .zero { try await time.sleep(for: wait) }
                for number in stride(from: turn, to: streams.count, by: Self.turns) {
                    let delta = ChatEvent.Delta(
                        jobId: streams[number].job, attempt: 1, stream: 0, index: round,
                        content: " palavra@\(Self.nanoseconds(time.elapsed))")
                    try await sessions.append(.messageDelta(delta), to: streams[number].session)
                    sent += 1
                }
            }
        }
        return .text("\(sent)\n")
    }

    private static func nanoseconds(_ duration: Duration) -> Int64 {
        duration.components.seconds * 1_000_000_000 + duration.components.attoseconds / 1_000_000_000
    }
}
