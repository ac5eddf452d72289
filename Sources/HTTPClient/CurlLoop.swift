import CCurl
import Support

/// What the curl thread does: drives every transfer, keeps their clocks. Used on that thread only.
///
/// It must outlive its multi handle, whose clean-up may still touch the callbacks' state.
final class CurlLoop {
    private let multi: UnsafeMutableRawPointer
    private let log: Log
    private let time = SystemTime()
    private let ended: () -> Void
    private var calls: [ObjectIdentifier: CurlCall] = [:]

    /// Idle connections that are kept.
    private static let keptConnections = 32
    /// The longest the thread sleeps; commands wake it earlier.
    private static let longestSleep = Duration.seconds(60)

    /// - Parameter ended: called once for each transfer that was started.
    init(_ multi: UnsafeMutableRawPointer, log: Log, ended: @escaping () -> Void) {
        self.multi = multi
        self.log = log
        self.ended = ended
        gepeto_multi_set_long(multi, CURLMOPT_MAXCONNECTS, Self.keptConnections)
        // HTTP/1.1 only, one transfer a connection: see CurlCall.
        gepeto_multi_set_long(multi, CURLMOPT_PIPELINING, Int(CURLPIPE_NOTHING))
    }

    func start(_ transfer: Transfer) {
        guard let call = CurlCall(transfer, time: time), curl_multi_add_handle(multi, call.handle) == CURLM_OK else {
            transfer.fail(transfer.error(.unexpected))
            return ended()
        }
        calls[ObjectIdentifier(transfer)] = call
    }

    func resume(_ transfer: Transfer) { calls[ObjectIdentifier(transfer)]?.resume() }

    func cancel(_ transfer: Transfer) {
        if let call = calls[ObjectIdentifier(transfer)] { remove(call) }
    }

    func endAll() {
        for call in Array(calls.values) { end(call, with: .shutDown) }
    }

    /// Moves every transfer on, then sleeps until a socket, a clock or a command wakes it.
    func turn() {
        var running: Int32 = 0
        let result = curl_multi_perform(multi, &running)
        if result != CURLM_OK { log.error("curl_multi_perform failed", ["code": "\(result.rawValue)"]) }
        collectFinished()
        let now = time.elapsed
        var next = now + Self.longestSleep
        for call in Array(calls.values) {
            let limit = call.timers.next
            if limit.at <= now { end(call, with: limit.code) } else { next = min(next, limit.at) }
        }
        // Rounded up, so that it does not wake a little early and spin.
        let sleep = Int32(clamping: (next - now).milliseconds + 1)
        curl_multi_poll(multi, nil, 0, sleep, nil)
    }

    private func collectFinished() {
        var remaining: Int32 = 0
        while let message = curl_multi_info_read(multi, &remaining) {
            guard message.pointee.msg == CURLMSG_DONE, let handle = message.pointee.easy_handle,
                let call = calls.values.first(where: { $0.handle == handle })
            else { continue }
            let result = gepeto_message_result(message)
            if result == CURLE_OK, !call.isHeadDelivered {
                // curl is content with a head that is cut off in the middle.
                end(call, with: .closed)
            } else if result == CURLE_OK {
                remove(call)
                call.transfer.complete()
            } else {
                end(call, with: call.code(for: result))
            }
        }
    }

    private func end(_ call: CurlCall, with code: HTTPClientError.Code) {
        remove(call)
        call.transfer.fail(
            HTTPClientError(code, host: call.transfer.request.host, hadResponse: call.timers.hasResponse))
    }

    private func remove(_ call: CurlCall) {
        guard calls.removeValue(forKey: ObjectIdentifier(call.transfer)) != nil else { return }
        curl_multi_remove_handle(multi, call.handle)
        call.cleanUp()
        ended()
    }
}
