import Support

/// Takes one request through the router, on the cooperative pool, and its answer back to the event loop.
struct Responder: Sendable {
    let loop: EventLoop
    let exchange: Exchange

    private static let files = BlockingQueue(label: "web-server.open")

    func serve(_ request: HTTPRequest, _ match: RouteMatch) async {
        defer { loop.context.handlers.leave() }
        switch await loop.context.router.outcome(of: request, match, cause: exchange.cause) {
        case .response(let response): await answer(response, to: request)
        case .upgrade(let handshake, .handler(let handler)): loop.post(.upgrade(exchange, handshake, handler))
        case .upgrade(let handshake, .session(let run)):
            loop.post(.upgrade(exchange, handshake, SessionHandler(loop.context, run: run)))
        }
    }

    private func answer(_ response: HTTPResponse, to request: HTTPRequest) async {
        switch response.body {
        case .none: loop.post(.respond(exchange, response, .none))
        case .bytes(let bytes): loop.post(.respond(exchange, response, .bytes(bytes)))
        case .slice(let slice): loop.post(.respond(exchange, response, .slice(slice)))
        case .file(let path):
            do {
                let file = try await Self.files.run { try OpenFile(path: path) }
                loop.post(.respond(exchange, response, .slice(FileSlice(file))))
            } catch {
                var failure = loop.context.router.errorResponse(error, request)
                // An error's form that is itself a file could fail for ever.
                if case .bytes = failure.body {} else { failure.body = .none }
                await answer(failure, to: request)
            }
        case .stream(let produce): await stream(response, produce, route: request.route)
        }
    }

    private func stream(
        _ response: HTTPResponse, _ produce: @Sendable (ResponseStream) async throws -> Void, route: String
    ) async {
        let outflow = Outflow()
        loop.post(.respond(exchange, response, .stream(outflow)))
        guard !exchange.isHead, !HTTPStatus.forbidsBody(response.status) else { return }
        let (loop, exchange) = (loop, exchange)
        let limits = loop.context.limits
        let stream = ResponseStream { bytes in
            let framed = exchange.isHTTP10 ? bytes : ResponseHead.chunk(bytes)
            guard case .made = outflow.reserve(framed.count, limit: .max) else { throw PeerGone() }
            loop.post(.part(exchange, framed, outflow))
            try await outflow.waitForRoom(high: limits.outflowHigh, low: limits.outflowLow)
        }
        do {
            try await produce(stream)
            loop.post(.finish(exchange, failed: false))
        } catch {
            loop.context.log.debug("response broken off", ["route": route, "error": error.label])
            loop.post(.finish(exchange, failed: true))
        }
    }
}
