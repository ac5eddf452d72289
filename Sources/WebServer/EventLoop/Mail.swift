import Synchronization

/// What other threads ask of an event loop. Mail from one thread is delivered in the order in which it was posted.
enum Mail: Sendable {
    case respond(Exchange, HTTPResponse, OutgoingBody)
    case part(Exchange, [UInt8], Outflow)
    /// The streamed response is complete, or broken off.
    case finish(Exchange, failed: Bool)
    case upgrade(Exchange, WebSocketHandshake, any WebSocketHandler)
    case bodyWanted(Exchange)
    case roomAgain(ConnectionID)
    case frame(WebSocketConnection, WebSocketFrame)
    /// A socket's handler wants to know when it may go on sending.
    case roomAsked(ConnectionID)
    /// At a time of the loop's clock.
    case wakeSocket(ConnectionID, at: Int64)
    case closeSocket(ConnectionID, UInt16, String)
    case closeSlowReader(ConnectionID)
    /// What ends a socket, behind what its handler has said before.
    case endSocket(ConnectionID, [WebSocketProtocol.Action])
    /// A piece of a handler that runs on the loop.
    case job(UnownedJob)
    /// Accept nothing new and let HTTP connections end; sockets may go on until `socketsUntil`, in the loop's milliseconds.
    case lameDuck(socketsUntil: Int64)
    /// Accept nothing new, finish what is in hand.
    case drain
    /// Close everything now.
    case abort

    /// Whether the one it is for loses nothing when it is read a moment later.
    var mayWait: Bool {
        if case .frame = self { return true }
        return false
    }

    /// The connection it was for is gone: whoever waits for the outcome is told.
    func bounce() {
        switch self {
        case .respond(_, _, .stream(let outflow)): outflow.close()
        case .part(_, let bytes, let outflow): outflow.release(bytes.count)
        case .frame(let socket, let frame): socket.release(frame.bytes.count)
        case .job(let job): LateJobs.run(job)
        case .respond, .finish, .upgrade, .bodyWanted, .roomAgain, .roomAsked, .wakeSocket, .closeSocket,
            .closeSlowReader, .endSocket,
            .lameDuck, .drain, .abort:
            break
        }
    }
}

/// A response's body as the event loop sends it.
enum OutgoingBody: Sendable {
    case none
    case bytes([UInt8])
    case slice(FileSlice)
    /// Parts follow by mail.
    case stream(Outflow)
}

/// One request and its answer. Its identity tells late mail for an answered or failed request from mail for its successor.
final class Exchange: Sendable {
    let connection: ConnectionID
    let isHead: Bool
    let isHTTP10: Bool
    /// Whether the client would take another answer on the connection.
    let keepsAlive: Bool
    /// The handler has had its time and was cancelled.
    private let overdue = Atomic<Bool>(false)

    init(connection: ConnectionID, isHead: Bool, isHTTP10: Bool, keepsAlive: Bool) {
        self.connection = connection
        self.isHead = isHead
        self.isHTTP10 = isHTTP10
        self.keepsAlive = keepsAlive
    }

    func markOverdue() { overdue.store(true, ordering: .releasing) }

    /// What a cancelled handler's error was in truth.
    func cause(of error: any Error) -> any Error { overdue.load(ordering: .acquiring) ? HTTPError.overdue : error }
}
