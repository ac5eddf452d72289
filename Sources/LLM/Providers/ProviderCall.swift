import HTTPClient
import Support

/// One call to a provider: sends the request, reads the stream, yields the events.
struct ProviderCall<Stream: ProviderStream>: Sendable {
    let provider: String
    let model: String
    let client: HTTPClient
    let prices: PriceTable
    let time: any TimeSource
    let stream: Stream

    /// The most text an answer may have, in UTF-8 bytes: it bounds what waits for a slow reader of the events.
    private let answerLimit = 1 << 20
    /// The most of an error's body that is looked at.
    private let errorBodyLimit = 16 << 10

    init(
        provider: String, model: String, client: HTTPClient, prices: PriceTable, time: any TimeSource, stream: Stream
    ) {
        self.provider = provider
        self.model = model
        self.client = client
        self.prices = prices
        self.time = time
        self.stream = stream
    }

    /// - Parameters:
    ///   - timeouts: for the call, the job's deadline not counted.
    ///   - deadline: when the job must be over, by `TimeSource.elapsed`.
    func events(
        post url: String, headers: [(name: String, value: String)], body: [UInt8], timeouts: ProviderTimeouts,
        deadline: Duration?
    ) -> AsyncThrowingStream<GenerationEvent, any Error> {
        let (events, continuation) = AsyncThrowingStream<GenerationEvent, any Error>.makeStream()
        // Not a child task: the stream outlives the call that makes it. Its end is tied to the stream's below.
        let task = Task {
            do {
                let limits = timeouts.until(deadline, now: time.elapsed)
                guard limits.total > .zero else { throw ProviderFailure(.deadlineExceeded) }
                var fields = headers + [("Content-Type", "application/json"), ("Accept", "text/event-stream")]
                // Ids that say nothing; a provider of one's own shows in the same trace.
                if let parent = Span.current?.parent { fields.append(("traceparent", parent.field)) }
                let request = HTTPClientRequest(.post, url, headers: fields, body: body, timeouts: limits)
                do {
                    try await run(request, into: continuation)
                } catch let error as HTTPClientError {
                    throw ProviderFailure(error, hasJobDeadline: limits.total < timeouts.total)
                }
            } catch let failure as ProviderFailure {
                continuation.finish(throwing: failure.named(provider: provider, model: model))
            } catch {
                continuation.finish(throwing: error)
            }
        }
        continuation.onTermination = { reason in
            // Finishing is not the end of the task: it still reads the rest, so that the connection can be kept.
            if case .cancelled = reason { task.cancel() }
        }
        return events
    }

    private func run(
        _ request: HTTPClientRequest, into continuation: AsyncThrowingStream<GenerationEvent, any Error>.Continuation
    ) async throws {
        let response = try await client.send(request)
        guard response.status == 200 else {
            let body = await response.body.prefix(upTo: errorBodyLimit)
            try Task.checkCancellation()
            throw ProviderFailure(status: response.status, head: response.head, body: body, now: time.now)
        }
        var stream = stream
        var decoder = EventStreamDecoder()
        var answerBytes = 0
        var hasEvents = false
        var pieces = response.body.makeAsyncIterator()

        reading: do {
            while let bytes = try await pieces.next() {
                let events: [EventStreamDecoder.Event]
                do { events = try decoder.feed(bytes) } catch { throw ProviderFailure(.malformedResponse) }
                for event in events {
                    hasEvents = true
                    let text = try stream.take(event)
                    answerBytes += text.utf8.count
                    guard answerBytes <= answerLimit else { throw ProviderFailure(.malformedResponse) }
                    if !text.isEmpty { continuation.yield(.text(text)) }
                }
                if stream.state.isOver { break reading }
            }
        } catch let error as HTTPClientError where stream.state.hasStopReason && error.code != .shutDown {
            // The answer is whole; only its end mark, or the count of tokens, got lost.
        }
        guard hasEvents else { throw ProviderFailure(.malformedResponse) }
        guard stream.state.isOver || stream.state.hasStopReason else { throw ProviderFailure(.truncatedStream) }
        guard answerBytes > 0 else { throw ProviderFailure(.emptyAnswer) }
        continuation.yield(.finished(usage(of: stream.state)))
        continuation.finish()
        // A connection whose response was read to its end serves the next question without a new TLS handshake.
        _ = try? await pieces.next()
    }

    /// Counts that the provider did not give are 0, and the cost is then not known.
    private func usage(of state: ProviderStreamState) -> GenerationUsage {
        var cost: Double?
        if let input = state.inputTokens, let output = state.outputTokens {
            cost = prices.cost(provider: provider, model: model, inputTokens: input, outputTokens: output)
        }
        return GenerationUsage(
            provider: provider, model: model, inputTokens: state.inputTokens ?? 0,
            outputTokens: state.outputTokens ?? 0, costUSD: cost, truncated: state.isCut)
    }
}
