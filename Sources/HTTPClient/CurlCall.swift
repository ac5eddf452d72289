import CCurl
import Support

/// A transfer on the curl thread: its easy handle and the state that curl's callbacks see. Used on that thread only.
///
/// HTTP/1.1 even where HTTP/2 is offered: libcurl 7.88 stops a whole HTTP/2 connection when one of its streams is
/// paused, and closing an HTTP/1.1 connection tells a provider at once to stop generating.
final class CurlCall {
    let transfer: Transfer
    let handle: UnsafeMutableRawPointer
    private(set) var timers: TransferTimers
    private let time: SystemTime
    private let body: UnsafeMutableRawBufferPointer
    private var headerList: UnsafeMutablePointer<curl_slist>?
    private var isCleanedUp = false

    private var head: HTTPResponseHead?
    private(set) var isHeadDelivered = false
    private var headBytes = 0
    private var bodyBytes = 0
    private var uploaded: curl_off_t = 0
    /// Why a callback stopped the transfer; curl itself only knows that one did.
    private var refusal: HTTPClientError.Code?
    /// An address of the host was left out because it is not public.
    private var metPrivateAddress = false

    /// Bounds of a response's head, informational responses included.
    private static let headLimit = 64 << 10
    private static let fieldLimit = 200

    /// nil when curl has no memory for it.
    init?(_ transfer: Transfer, time: SystemTime) {
        guard let handle = curl_easy_init() else { return nil }
        self.transfer = transfer
        self.handle = handle
        self.time = time
        timers = TransferTimers(transfer.request.timeouts, start: time.elapsed)
        body = .allocate(byteCount: transfer.request.body.count, alignment: 1)
        body.copyBytes(from: transfer.request.body)
        guard configure() else {
            cleanUp()
            return nil
        }
    }

    deinit { cleanUp() }

    /// Frees what belongs to curl; the handle must have left its multi.
    func cleanUp() {
        guard !isCleanedUp else { return }
        isCleanedUp = true
        curl_easy_cleanup(handle)
        curl_slist_free_all(headerList)
        body.deallocate()
    }

    func resume() {
        timers.resumed(at: time.elapsed)
        // May call the body callback before it returns.
        curl_easy_pause(handle, CURLPAUSE_CONT)
    }

    /// What curl's result means here.
    func code(for result: CURLcode) -> HTTPClientError.Code {
        if let refusal { return refusal }
        switch result {
        case CURLE_URL_MALFORMAT: return .invalidRequest
        // Of the URL before there is a connection; afterwards of the peer, whose answer has no status line.
        case CURLE_UNSUPPORTED_PROTOCOL: return timers.isConnecting ? .invalidRequest : .protocolViolation
        case CURLE_COULDNT_RESOLVE_HOST, CURLE_COULDNT_RESOLVE_PROXY: return .resolve
        case CURLE_COULDNT_CONNECT, CURLE_INTERFACE_FAILED: return metPrivateAddress ? .privateAddress : .refused
        case CURLE_OPERATION_TIMEDOUT: return timers.isConnecting ? .connectTimeout : .deadline
        case CURLE_SSL_CONNECT_ERROR, CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_CERTPROBLEM, CURLE_SSL_CIPHER,
            CURLE_SSL_CACERT_BADFILE, CURLE_SSL_ISSUER_ERROR, CURLE_SSL_INVALIDCERTSTATUS, CURLE_SSL_ENGINE_INITFAILED:
            return .tls
        case CURLE_GOT_NOTHING, CURLE_RECV_ERROR, CURLE_SEND_ERROR, CURLE_PARTIAL_FILE: return .closed
        case CURLE_WEIRD_SERVER_REPLY, CURLE_BAD_CONTENT_ENCODING,
            CURLE_HTTP_RETURNED_ERROR:
            return .protocolViolation
        default: return .unexpected
        }
    }

    // MARK: What curl reports

    fileprivate func connected() { timers.progressed(at: time.elapsed) }

    fileprivate func progressed(uploaded total: curl_off_t) {
        guard total > uploaded else { return }
        uploaded = total
        timers.progressed(at: time.elapsed)
    }

    /// One line of the head with its line break; false stops the transfer.
    fileprivate func receive(headLine bytes: UnsafeRawBufferPointer) -> Bool {
        timers.received(at: time.elapsed)
        headBytes += bytes.count
        guard headBytes <= Self.headLimit, head?.fields.count ?? 0 <= Self.fieldLimit else { return refuse(.tooLarge) }
        // Trailers come after the body; nobody here reads them.
        if isHeadDelivered { return true }
        var line = String(decoding: bytes, as: UTF8.self)[...]
        while let last = line.unicodeScalars.last, last.properties.isWhitespace { line.unicodeScalars.removeLast() }
        if let next = HTTPResponseHead(statusLine: line) {
            head = next
        } else if !line.isEmpty {
            head?.append(line: line)
        } else if let head, head.status >= 200 {
            isHeadDelivered = true
            transfer.deliver(head: head)
        } else if head == nil {
            return refuse(.protocolViolation)
        }
        return true
    }

    fileprivate func receive(body bytes: UnsafeRawBufferPointer) -> Transfer.Delivery {
        guard isHeadDelivered else {
            refusal = .protocolViolation
            return .unwanted
        }
        switch transfer.deliver(bytes) {
        case .full:
            timers.paused()
            return .full
        case .taken:
            timers.received(at: time.elapsed)
            bodyBytes += bytes.count
            guard bodyBytes <= transfer.request.responseLimit else {
                refusal = .tooLarge
                return .unwanted
            }
            return .taken
        case .unwanted: return .unwanted
        }
    }

    private func refuse(_ code: HTTPClientError.Code) -> Bool {
        refusal = code
        return false
    }

    // MARK: Setting up

    private func configure() -> Bool {
        let request = transfer.request
        var isGood = true
        func set(_ result: CURLcode) { isGood = isGood && result == CURLE_OK }
        func set(_ option: CURLoption, _ value: Int) { set(gepeto_easy_set_long(handle, option, value)) }

        set(gepeto_easy_set_string(handle, CURLOPT_URL, request.url))
        set(gepeto_easy_only_http(handle))
        gepeto_easy_never_wait_for_resolver(handle)
        set(CURLOPT_NOSIGNAL, 1)
        set(CURLOPT_FOLLOWLOCATION, 0)
        set(CURLOPT_HTTP_VERSION, Int(CURL_HTTP_VERSION_1_1))
        set(CURLOPT_HTTP09_ALLOWED, 0)
        // A key of an object store may have dots for a segment; curl would resolve them as a browser does.
        set(CURLOPT_PATH_AS_IS, 1)
        set(CURLOPT_SSL_VERIFYPEER, 1)
        set(CURLOPT_SSL_VERIFYHOST, 2)
        set(CURLOPT_TCP_KEEPALIVE, 1)
        // An empty name switches off the proxy variables of the environment, which Commands alone may read.
        set(gepeto_easy_set_string(handle, CURLOPT_PROXY, ""))
        // Also makes curl try a host's further addresses within the time.
        set(CURLOPT_CONNECTTIMEOUT_MS, Int(max(1, request.timeouts.connect.milliseconds)))

        switch request.method {
        case .get: set(CURLOPT_HTTPGET, 1)
        case .head: set(CURLOPT_NOBODY, 1)
        case .post: set(CURLOPT_POST, 1)
        case .put, .patch, .delete: set(gepeto_easy_set_string(handle, CURLOPT_CUSTOMREQUEST, request.method.rawValue))
        }
        if !body.isEmpty || [.post, .put, .patch].contains(request.method) {
            set(gepeto_easy_set_offset(handle, CURLOPT_POSTFIELDSIZE_LARGE, curl_off_t(body.count)))
            // The pointer of an empty buffer may be nil, which would make curl ask for the body by callback.
            set(
                body.isEmpty
                    ? gepeto_easy_set_string(handle, CURLOPT_COPYPOSTFIELDS, "")
                    : gepeto_easy_set_pointer(handle, CURLOPT_POSTFIELDS, body.baseAddress))
        }
        // "Expect:" with nothing after it: no second's wait for a 100 Continue before larger bodies.
        let lines = request.headers.map { $0.value.isEmpty ? "\($0.name);" : "\($0.name): \($0.value)" } + ["Expect:"]
        for line in lines {
            guard let longer = curl_slist_append(headerList, line) else { return false }
            headerList = longer
        }
        set(gepeto_easy_set_headers(handle, headerList))
        setCallbacks(set)
        if request.reach == .publicOnly { onlyPublicAddresses(set) }
        return isGood
    }

    /// Looks at each address when its socket is made, after the name was resolved: what is connected to is what was looked
    /// at. A connection that another call made was not, so none is shared with others.
    private func onlyPublicAddresses(_ set: (CURLcode) -> Void) {
        set(gepeto_easy_set_long(handle, CURLOPT_FRESH_CONNECT, 1))
        set(gepeto_easy_set_long(handle, CURLOPT_FORBID_REUSE, 1))
        let context = UnsafeRawPointer(Unmanaged.passUnretained(self).toOpaque())
        set(gepeto_easy_set_pointer(handle, CURLOPT_OPENSOCKETDATA, context))
        set(
            gepeto_easy_on_open_socket(handle) { context, _, address in
                guard let address else { return gepeto_socket_bad() }
                let isPublic = withUnsafePointer(to: &address.pointee.addr) { AddressReach.isPublic($0) }
                guard isPublic else {
                    CurlCall.from(context)?.metPrivateAddress = true
                    return gepeto_socket_bad()
                }
                return gepeto_open_socket(address)
            })
    }

    private func setCallbacks(_ set: (CURLcode) -> Void) {
        // Unretained: CurlLoop holds the call until its handle has left the multi.
        let context = UnsafeRawPointer(Unmanaged.passUnretained(self).toOpaque())
        set(gepeto_easy_set_pointer(handle, CURLOPT_WRITEDATA, context))
        set(
            gepeto_easy_on_body(handle) { bytes, size, count, context in
                guard let call = CurlCall.from(context) else { return 0 }
                switch call.receive(body: UnsafeRawBufferPointer(start: bytes, count: size * count)) {
                case .taken: return size * count
                case .full: return Int(CURL_WRITEFUNC_PAUSE)
                case .unwanted: return size * count == 0 ? 1 : 0
                }
            })
        set(gepeto_easy_set_pointer(handle, CURLOPT_HEADERDATA, context))
        set(
            gepeto_easy_on_header(handle) { bytes, size, count, context in
                let line = UnsafeRawBufferPointer(start: bytes, count: size * count)
                return CurlCall.from(context)?.receive(headLine: line) == true ? size * count : 0
            })
        set(gepeto_easy_set_pointer(handle, CURLOPT_PREREQDATA, context))
        set(
            gepeto_easy_on_connected(handle) { context, _, _, _, _ in
                CurlCall.from(context)?.connected()
                return CURL_PREREQFUNC_OK
            })
        set(gepeto_easy_set_pointer(handle, CURLOPT_XFERINFODATA, context))
        set(
            gepeto_easy_on_progress(handle) { context, _, _, _, uploaded in
                CurlCall.from(context)?.progressed(uploaded: uploaded)
                return 0
            })
        set(gepeto_easy_set_long(handle, CURLOPT_NOPROGRESS, 0))
    }

    private static func from(_ context: UnsafeMutableRawPointer?) -> CurlCall? {
        context.map { Unmanaged<CurlCall>.fromOpaque($0).takeUnretainedValue() }
    }
}
