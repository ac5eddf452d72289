import CCurl
import Glibc
import Support

/// A connection over TCP or TLS for a protocol that is not HTTP: libcurl resolves the name, connects and checks the
/// certificate, then bytes go in and out. One connection at a time; after one is over the next may be made.
///
/// Nothing blocks but `wait`. Used on one thread only, but for its `waker`.
package final class ByteStream {
    /// Whom to connect to.
    package struct Peer: Sendable, Equatable {
        /// A name or an address; that of IPv6 in brackets.
        package var host: String
        package var port: Int
        /// TLS, with the certificate checked against `certificates`.
        package var isEncrypted: Bool
        /// A file of trusted certificates (PEM); nil for the system's.
        package var certificates: String?

        package init(host: String, port: Int, isEncrypted: Bool, certificates: String? = nil) {
            self.host = host
            self.port = port
            self.isEncrypted = isEncrypted
            self.certificates = certificates
        }
    }

    /// Ends a `wait` from any thread.
    package final class Waker: Sendable {
        private let multi = Locked<UnsafeMutableRawPointer?>(nil)

        fileprivate init(_ handle: UnsafeMutableRawPointer) { multi.withLock { $0 = handle } }

        /// One write to a socket that never blocks; without effect when the stream is gone.
        package func wake() {
            multi.withLock { multi in
                if let multi { curl_multi_wakeup(multi) }
            }
        }

        fileprivate func end() { multi.withLock { $0 = nil } }
    }

    private static let stageSize = 64 << 10
    /// A connection is never too old (in seconds): curl would close one that it believes to be idle.
    private static let oldestConnection = Int(Int32.max)

    package let waker: Waker
    /// Bytes that were written here and not yet taken by the system.
    package private(set) var pending = 0

    private let multi: UnsafeMutableRawPointer
    private var handle: UnsafeMutableRawPointer?
    private var socket: curl_socket_t?
    private var output: [UInt8] = []
    private var outputStart = 0
    /// What is being sent stands at one address until it is: OpenSSL wants a write that would block repeated as it was.
    private let stage = UnsafeMutableRawBufferPointer.allocate(byteCount: stageSize, alignment: 1)
    private var staged = 0..<0

    /// nil when curl has no memory.
    package init?() {
        _ = CurlMulti.library
        guard let multi = curl_multi_init() else {
            stage.deallocate()
            return nil
        }
        self.multi = multi
        waker = Waker(multi)
    }

    deinit {
        close()
        waker.end()
        curl_multi_cleanup(multi)
        stage.deallocate()
    }

    /// Begins to connect; what was connected before is closed.
    /// - Parameter limit: for the name, the connection and TLS together.
    package func connect(to peer: Peer, limit: Duration) throws(ByteStreamFailure) {
        close()
        guard let handle = curl_easy_init() else { throw .unusable }
        self.handle = handle
        var isGood = true
        func set(_ result: CURLcode) { isGood = isGood && result == CURLE_OK }
        func set(_ option: CURLoption, _ value: Int) { set(gepeto_easy_set_long(handle, option, value)) }
        // The scheme says only whether there is TLS: not a byte of HTTP is sent.
        let url = "\(peer.isEncrypted ? "https" : "http")://\(peer.host):\(peer.port)/"
        set(gepeto_easy_set_string(handle, CURLOPT_URL, url))
        set(gepeto_easy_only_http(handle))
        set(gepeto_easy_set_string(handle, CURLOPT_PROXY, ""))
        set(CURLOPT_CONNECT_ONLY, 1)
        set(CURLOPT_NOSIGNAL, 1)
        set(CURLOPT_SSL_ENABLE_ALPN, 0)
        set(CURLOPT_TCP_KEEPALIVE, 1)
        set(CURLOPT_CONNECTTIMEOUT_MS, Int(max(limit.milliseconds, 1)))
        set(CURLOPT_MAXAGE_CONN, Self.oldestConnection)
        if let certificates = peer.certificates { set(gepeto_easy_set_string(handle, CURLOPT_CAINFO, certificates)) }
        gepeto_easy_never_wait_for_resolver(handle)
        guard isGood, curl_multi_add_handle(multi, handle) == CURLM_OK else {
            curl_easy_cleanup(handle)
            self.handle = nil
            throw .unusable
        }
    }

    /// Moves connecting on.
    /// - Returns: whether the connection stands.
    package func advance() throws(ByteStreamFailure) -> Bool {
        guard let handle else { throw .closed }
        if socket != nil { return true }
        var running: Int32 = 0
        guard curl_multi_perform(multi, &running) == CURLM_OK else { throw .unusable }
        var remaining: Int32 = 0
        while let message = curl_multi_info_read(multi, &remaining) {
            guard message.pointee.msg == CURLMSG_DONE else { continue }
            let result = gepeto_message_result(message)
            guard result == CURLE_OK else { throw ByteStreamFailure(connecting: result) }
            var found = gepeto_socket_bad()
            guard gepeto_easy_get_socket(handle, &found) == CURLE_OK, found != gepeto_socket_bad() else {
                throw .closed
            }
            socket = found
            return true
        }
        return false
    }

    /// Takes bytes to be sent by `flush`. The caller bounds what is `pending`.
    package func write(_ bytes: [UInt8]) {
        output.append(contentsOf: bytes)
        pending += bytes.count
    }

    /// Sends what the system takes now.
    package func flush() throws(ByteStreamFailure) {
        guard let handle, socket != nil else { return }
        while pending > 0 {
            if staged.isEmpty { fillStage() }
            var sent = 0
            let rest = UnsafeRawBufferPointer(rebasing: stage[staged])
            let result = curl_easy_send(handle, rest.baseAddress, rest.count, &sent)
            if result == CURLE_AGAIN { return }
            guard result == CURLE_OK, sent > 0 else { throw .closed }
            staged = staged.lowerBound + sent..<staged.upperBound
            pending -= sent
        }
    }

    /// - Returns: how many bytes came; 0 when there are none just now.
    package func receive(into buffer: UnsafeMutableRawBufferPointer) throws(ByteStreamFailure) -> Int {
        guard let handle, socket != nil else { return 0 }
        var received = 0
        let result = curl_easy_recv(handle, buffer.baseAddress, buffer.count, &received)
        if result == CURLE_AGAIN { return 0 }
        guard result == CURLE_OK, received > 0 else { throw .closed }
        return received
    }

    /// Returns when there is something to read or to connect, room for what is pending, `waker` was called, or the time
    /// is over. Everything there is to read must have been received: what TLS has taken in does not wake.
    package func wait(for duration: Duration) {
        // Rounded up, so that it does not wake a little early and spin.
        let limit = Int32(clamping: max(duration.milliseconds, 0) + (duration > .zero ? 1 : 0))
        guard let socket else {
            curl_multi_poll(multi, nil, 0, limit, nil)
            return
        }
        let events = CURL_WAIT_POLLIN | (pending > 0 ? CURL_WAIT_POLLOUT : 0)
        var watched = curl_waitfd(fd: socket, events: Int16(events), revents: 0)
        curl_multi_poll(multi, &watched, 1, limit, nil)
    }

    /// Closes at once; what is pending is dropped.
    package func close() {
        if let handle {
            curl_multi_remove_handle(multi, handle)
            curl_easy_cleanup(handle)
        }
        (handle, socket) = (nil, nil)
        (output, outputStart, staged, pending) = ([], 0, 0..<0, 0)
    }

    private func fillStage() {
        let count = min(output.count - outputStart, Self.stageSize)
        stage.copyBytes(from: output[outputStart..<outputStart + count])
        staged = 0..<count
        outputStart += count
        if outputStart == output.count {
            output.removeAll(keepingCapacity: output.count <= Self.stageSize)
            outputStart = 0
        }
    }
}

/// Why a connection could not be made or is over.
package enum ByteStreamFailure: Error {
    case resolve, refused, timeout, closed
    /// No TLS, or with a certificate that is not trusted.
    case untrusted
    /// curl cannot do it: no memory, an option it does not have, a file of certificates that cannot be read.
    case unusable

    init(connecting result: CURLcode) {
        switch result {
        case CURLE_COULDNT_RESOLVE_HOST: self = .resolve
        case CURLE_COULDNT_CONNECT, CURLE_INTERFACE_FAILED: self = .refused
        case CURLE_OPERATION_TIMEDOUT: self = .timeout
        case CURLE_SSL_CONNECT_ERROR, CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_CERTPROBLEM, CURLE_SSL_CIPHER,
            CURLE_SSL_CACERT_BADFILE, CURLE_SSL_ISSUER_ERROR, CURLE_SSL_INVALIDCERTSTATUS, CURLE_SSL_ENGINE_INITFAILED:
            self = .untrusted
        case CURLE_GOT_NOTHING, CURLE_RECV_ERROR, CURLE_SEND_ERROR: self = .closed
        default: self = .unusable
        }
    }
}
