/// How long a peer may take over its requests, and a handler over its answer.
extension HTTPDriver {
    func awaitRequest() {
        waiting = .request
        let timeouts = loop.context.milliseconds
        deadline = loop.now + (loop.isDraining ? timeouts.lameDuck : timeouts.idle)
    }

    func updateWaiting(_ received: Int) {
        let timeouts = loop.context.milliseconds
        if exchange == nil {
            guard !reader.isIdle || !connection.input.isEmpty else { return }
            // Not looked at while answers before it wait for the peer: how long that may take is the writes' deadline.
            guard mayRead else {
                waiting = .nothing
                return
            }
            // Counted from the head's first byte: dripping does not extend it.
            if case .head = waiting { return }
            waiting = .head
            deadline = loop.now + timeouts.head
        } else if isBodyComplete || inflow?.isFull == true {
            waiting = .nothing
        } else if case .body(let before) = waiting {
            waiting = .body(received: before + received)
        } else {
            waiting = .body(received: received)
            deadline = loop.now + timeouts.bodyProgress
        }
    }

    /// - Returns: whether there was anything to do.
    func tick(_ now: Int64) -> Bool {
        if let overdueAt, now >= overdueAt { cancelOverdue() }
        guard now >= deadline else { return false }
        switch waiting {
        case .nothing: return false
        case .request:
            if connection.pendingOutput > 0 { awaitRequest() } else { connection.closeAfterWriting() }
        case .head: fail(.timeout)
        case .body(let received):
            let window = loop.context.milliseconds.bodyProgress
            if Double(received) * 1_000 >= Double(limits.minimumBodyRate) * Double(window), received > 0 {
                waiting = .body(received: 0)
                deadline = now + window
            } else {
                fail(.timeout)
            }
        }
        return true
    }

    /// The handler has had its time. Its error then tells the client that it took too long; an answer that is late but good
    /// is better than none.
    private func cancelOverdue() {
        overdueAt = nil
        exchange?.markOverdue()
        task?.cancel()
    }
}
