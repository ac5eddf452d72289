import Support

/// Speaks HTTP/1.1 on one connection: one request at a time goes to a handler, the next is read when it is answered.
///
/// Confined to the loop's thread, like its connection.
final class HTTPDriver {
    enum Waiting {
        case nothing
        case request
        case head
        /// Bytes of the body in this window.
        case body(received: Int)
    }

    // Both outlive it: the loop owns the connection, and the connection its driver.
    unowned(unsafe) let connection: Connection
    unowned(unsafe) let loop: EventLoop
    let limits: ServerLimits
    private let peerAddress: String
    var reader: RequestReader

    var exchange: Exchange?
    var task: Task<Void, Never>?
    /// The body on its way to the handler.
    var inflow: Inflow<[UInt8]>?
    var isBodyComplete = false
    private var owesContinue = false
    /// The streamed response on its way to the peer; its head is sent.
    private var outflow: Outflow?
    private var keepsAlive = true
    /// When the handler must have answered.
    var overdueAt: Int64?
    /// Whether the request in hand, which may not have become an exchange, is a HEAD.
    private var isHead = false

    var waiting = Waiting.nothing
    var deadline: Int64 = 0

    init(connection: Connection, peerAddress: String) {
        self.connection = connection
        self.peerAddress = peerAddress
        loop = connection.loop
        limits = connection.loop.context.limits
        reader = RequestReader(limits: limits)
    }

    func start() { awaitRequest() }

    // MARK: - Requests

    /// Understands as much of the input as may be understood now.
    func process() {
        var received = 0
        reading: while connection.isOpen, mayRead {
            do {
                switch try reader.next(&connection.input) {
                case nil:
                    // Requests that were sent before the peer shut its direction are answered; a torn one never gets whole.
                    if connection.peerHasClosed { peerClosed() }
                    break reading
                case .head(let head): try begin(head)
                case .body(let piece):
                    owesContinue = false
                    received += piece.count
                    inflow?.push(piece, weight: piece.count)
                case .end:
                    isBodyComplete = true
                    inflow?.finish()
                }
            } catch {
                fail(error)
                return
            }
        }
        guard connection.isOpen else { return }
        connection.setReading(mayRead || exchange != nil && isBodyComplete && connection.input.count <= limits.head)
        updateWaiting(received)
    }

    /// The next request is not understood before this one is answered, nor while its answers pile up unread.
    var mayRead: Bool {
        guard exchange != nil else { return connection.pendingOutput <= limits.outflowHigh }
        return !isBodyComplete && inflow?.isFull != true
    }

    private func begin(_ head: RequestHead) throws(HTTPError) {
        isHead = head.method == .head
        let target = try RequestTarget(head.target)
        guard let method = head.method else {
            throw HTTPError(501, .notImplemented, "This server does not know that method.")
        }
        let match = loop.context.router.match(method, target.segments)
        let exchange = Exchange(
            connection: connection.id, isHead: method == .head, isHTTP10: head.isHTTP10, keepsAlive: head.keepsAlive)
        let whole = try bodyAtHand(head.framing, limit: match.bodyLimit)
        var body = RequestBody(whole ?? [])
        if whole == nil, head.framing != .none {
            let inflow = makeInflow(exchange)
            self.inflow = inflow
            body = RequestBody(inflow)
        }
        let request = HTTPRequest(
            method: method, rawTarget: head.target, target: target, headers: head.fields,
            peerAddress: peerAddress, body: body, route: match.pattern, pathParameters: match.parameters)
        self.exchange = exchange
        if case .length(let length) = head.framing, length > match.bodyLimit {
            fail(.contentTooLarge(limit: match.bodyLimit), request)
            return
        }
        reader.bodyLimit = match.bodyLimit
        isBodyComplete = whole != nil
        owesContinue = head.expectsContinue && whole == nil
        serve(exchange, request, match)
    }

    /// A small body that came with its head, as most do: the handler then has it without waiting.
    private func bodyAtHand(_ framing: BodyFraming, limit: Int) throws(HTTPError) -> [UInt8]? {
        guard case .length(let length) = framing, length <= limit, length <= connection.input.count else { return nil }
        reader.bodyLimit = limit
        guard case .body(let bytes)? = try reader.next(&connection.input),
            case .end? = try reader.next(&connection.input)
        else { return nil }
        return bytes
    }

    private func makeInflow(_ exchange: Exchange) -> Inflow<[UInt8]> {
        // No weak reference: that would make every other use of the loop slower.
        Inflow(high: limits.inflowHigh, low: limits.inflowLow) { [loop] signal in
            switch signal {
            case .wanted: loop.post(.bodyWanted(exchange))
            case .roomAgain: loop.post(.roomAgain(exchange.connection))
            }
        }
    }

    private func serve(_ exchange: Exchange, _ request: HTTPRequest, _ match: RouteMatch) {
        overdueAt = match.deadline.map { loop.now + $0.milliseconds }
        let responder = Responder(loop: loop, exchange: exchange)
        loop.context.handlers.enter()
        if match.runsOnLoop {
            // Begun at once; what follows a suspension comes back to this thread.
            task = Task.immediate(executorPreference: loop) { await responder.serve(request, match) }
        } else {
            task = Task { await responder.serve(request, match) }
        }
    }

    /// The handler waits for a body of which nothing has come: the moment for `100 Continue`.
    func bodyWanted(_ exchange: Exchange) {
        guard exchange === self.exchange, owesContinue, connection.isOpen, outflow == nil else { return }
        owesContinue = false
        connection.write(ResponseHead.continueInterim)
    }

    // MARK: - Responses

    func respond(_ exchange: Exchange, _ response: HTTPResponse, _ body: OutgoingBody) {
        guard exchange === self.exchange, outflow == nil, connection.isOpen else {
            if case .stream(let outflow) = body { outflow.close() }
            return
        }
        overdueAt = nil
        let hasBody = !HTTPStatus.forbidsBody(response.status)
        let framing: ResponseFraming =
            switch body {
            case _ where !hasBody: .none
            case .none: .length(0)
            case .bytes(let bytes): .length(bytes.count)
            case .slice(let slice): .length(slice.count)
            case .stream: exchange.isHTTP10 ? .untilClose : .chunked
            }
        // A body that nobody read is still on its way: the connection cannot be used for another request.
        keepsAlive =
            exchange.keepsAlive && isBodyComplete && !loop.isDraining
            && (!connection.peerHasClosed || !connection.input.isEmpty)
            && framing != .untilClose && !response.headers.listContains("connection", "close")
        loop.counters.answered(response.status)
        connection.writeHead(
            of: response, framing: framing, keepsAlive: keepsAlive, isHTTP10: exchange.isHTTP10)
        guard hasBody, !exchange.isHead else {
            if case .stream(let outflow) = body { outflow.close() }
            complete()
            return
        }
        switch body {
        case .none: break
        case .bytes(let bytes): connection.write(bytes)
        case .slice(let slice): connection.write(slice)
        case .stream(let outflow):
            self.outflow = outflow
            return
        }
        complete()
    }

    func part(_ exchange: Exchange, _ bytes: [UInt8], _ outflow: Outflow) {
        guard exchange === self.exchange, connection.isOpen else {
            outflow.release(bytes.count)
            return
        }
        connection.write(bytes, owner: .stream(outflow))
    }

    func finish(_ exchange: Exchange, failed: Bool) {
        guard exchange === self.exchange, connection.isOpen else { return }
        guard !failed else {
            connection.abort()
            return
        }
        if !exchange.isHTTP10 { connection.write(ResponseHead.lastChunk) }
        complete()
    }

    /// The answer is written as far as this driver is concerned.
    private func complete() {
        overdueAt = nil
        isHead = false
        inflow?.fail(PeerGone())
        inflow = nil
        outflow = nil
        exchange = nil
        task = nil
        guard keepsAlive else {
            connection.closeAfterWriting()
            return
        }
        awaitRequest()
        process()
    }

    /// Answers a request that cannot go on, and ends the connection: where the next request would begin is unknown.
    func fail(_ error: HTTPError, _ request: HTTPRequest? = nil) {
        guard outflow == nil else {
            connection.abort()
            return
        }
        let response = loop.context.router.errorResponse(error, request)
        var bytes: [UInt8] = []
        if case .bytes(let body) = response.body { bytes = body }
        loop.counters.answered(response.status)
        connection.writeHead(of: response, framing: .length(bytes.count), keepsAlive: false, isHTTP10: false)
        if !isHead { connection.write(bytes) }
        inflow?.fail(error)
        inflow = nil
        exchange = nil
        task?.cancel()
        task = nil
        connection.closeAfterWriting()
    }

    /// From now on the connection speaks WebSocket, unless the request is no longer in hand or nobody is there to speak with.
    func upgrade(_ exchange: Exchange, _ handshake: WebSocketHandshake, _ handler: any WebSocketHandler) {
        guard exchange === self.exchange else { return }
        guard connection.isOpen, !connection.peerHasClosed else { return connection.closeAfterWriting() }
        loop.counters.answered(101)
        connection.write(handshake.response)
        let driver = WebSocketDriver(connection: connection, handler: handler)
        task = nil
        self.exchange = nil
        connection.upgrade(to: driver)
        connection.setReading(true)
        driver.opened()
        if loop.isDraining {
            driver.close(WebSocketCloseCode.goingAway, "server is shutting down")
        } else {
            driver.process()
        }
    }

    // MARK: - The connection

    func outputHasRoom() {
        if exchange == nil, !connection.isReading || !connection.input.isEmpty { process() }
    }

    /// The peer shut its direction: a whole request is still answered, a torn one is not.
    func peerClosed() {
        if exchange == nil {
            connection.closeAfterWriting()
        } else if !isBodyComplete {
            connection.abort()
        }
    }

    func drain() {
        if case .request = waiting { awaitRequest() }
    }

    func connectionEnded() {
        task?.cancel()
        inflow?.fail(HTTPError.incompleteBody)
        outflow?.close()
    }
}
