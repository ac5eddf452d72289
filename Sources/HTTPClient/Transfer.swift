import Support

/// One call as its two sides share it: the curl thread, which delivers, and the task, which reads.
final class Transfer: Sendable {
    /// What became of delivered bytes.
    enum Delivery { case taken, full, unwanted }

    /// The most bytes that wait for the reader.
    static let bufferLimit = 256 << 10

    let request: HTTPClientRequest
    private let multi: CurlMulti
    private let state = Locked(State())

    private struct State {
        var head: HTTPResponseHead?
        var buffer: [UInt8] = []
        var isPaused = false
        var end: End?
        var headWaiter: CheckedContinuation<HTTPResponseHead, any Error>?
        var bodyWaiter: CheckedContinuation<[UInt8]?, any Error>?
    }

    private enum End {
        case complete, cancelled
        case failed(HTTPClientError)

        var error: (any Error)? {
            switch self {
            case .complete: nil
            case .cancelled: CancellationError()
            case .failed(let error): error
            }
        }
    }

    init(_ request: HTTPClientRequest, on multi: CurlMulti) {
        self.request = request
        self.multi = multi
    }

    func error(_ code: HTTPClientError.Code) -> HTTPClientError {
        HTTPClientError(code, host: request.host, hadResponse: state.withLock { $0.head != nil })
    }

    // MARK: The reading task's side

    /// Waits for status and header fields.
    func head() async throws -> HTTPResponseHead {
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { waiter in
                let result: Result<HTTPResponseHead, any Error>? = state.withLock { state in
                    if case .cancelled? = state.end { return .failure(CancellationError()) }
                    // Before the failure that may have followed: what came first is told first.
                    if let head = state.head { return .success(head) }
                    if let error = state.end?.error { return .failure(error) }
                    state.headWaiter = waiter
                    return nil
                }
                if let result { waiter.resume(with: result) }
            }
        } onCancel: {
            cancel()
        }
    }

    /// Waits for the next bytes of the body; nil at its end. What came before a failure is delivered first.
    func nextBytes() async throws -> [UInt8]? {
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { waiter in
                let (result, resumes): (Result<[UInt8]?, any Error>?, Bool) = state.withLock { state in
                    precondition(state.bodyWaiter == nil, "two tasks read the body of one response")
                    if !state.buffer.isEmpty {
                        defer { state.buffer = [] }
                        let resumes = state.isPaused
                        state.isPaused = false
                        return (.success(state.buffer), resumes)
                    }
                    if let end = state.end {
                        return (end.error.map { .failure($0) } ?? .success(nil), false)
                    }
                    state.bodyWaiter = waiter
                    return (nil, false)
                }
                if resumes { multi.post(.resume(self)) }
                if let result { waiter.resume(with: result) }
            }
        } onCancel: {
            cancel()
        }
    }

    /// Ends the transfer unless it has ended; both waiters get `CancellationError`.
    func cancel() {
        if finish(.cancelled) { multi.post(.cancel(self)) }
    }

    // MARK: The curl thread's side

    func deliver(head: HTTPResponseHead) {
        let waiter = state.withLock { state in
            state.head = head
            defer { state.headWaiter = nil }
            return state.headWaiter
        }
        waiter?.resume(returning: head)
    }

    func deliver(_ bytes: UnsafeRawBufferPointer) -> Delivery {
        let (delivery, waiter): (Delivery, CheckedContinuation<[UInt8]?, any Error>?) = state.withLock { state in
            guard state.end == nil else { return (.unwanted, nil) }
            if let waiter = state.bodyWaiter {
                state.bodyWaiter = nil
                return (.taken, waiter)
            }
            guard state.buffer.isEmpty || state.buffer.count + bytes.count <= Self.bufferLimit else {
                state.isPaused = true
                return (.full, nil)
            }
            state.buffer.append(contentsOf: bytes)
            return (.taken, nil)
        }
        waiter?.resume(returning: Array(bytes))
        return delivery
    }

    func complete() { _ = finish(.complete) }

    func fail(_ error: HTTPClientError) { _ = finish(.failed(error)) }

    /// The first end counts; false when there was one already.
    private func finish(_ end: End) -> Bool {
        let waiters: State? = state.withLock { state in
            guard state.end == nil else { return nil }
            state.end = end
            if case .cancelled = end { state.buffer = [] }
            defer { (state.headWaiter, state.bodyWaiter) = (nil, nil) }
            return state
        }
        guard let waiters else { return false }
        if let waiter = waiters.headWaiter {
            waiter.resume(throwing: end.error ?? error(.protocolViolation))
        }
        if let waiter = waiters.bodyWaiter {
            if let error = end.error { waiter.resume(throwing: error) } else { waiter.resume(returning: nil) }
        }
        return true
    }
}
