package import BillingModel
import CLibCurl

/// Sends requests to Stripe, one at a time, and takes whole answers.
package protocol StripeTransport {
    /// Sends a request and waits for all of the answer.
    ///
    /// - Parameters:
    ///   - request: What to ask.
    ///   - shouldStop: Asked about once a second whether to give up.
    /// - Returns: The answer, whatever its status, or why there is none.
    func perform(
        _ request: StripeRequest,
        shouldStop: () -> Bool
    ) -> Result<StripeAnswer, TransportFailure>
}

/// How the connection to Stripe is made.
package struct CurlSettings: Sendable {
    /// Where Stripe is.
    package var address: StripeAddress
    /// The key.
    package var key: StripeKey
    /// How long a connection may take to be made.
    package var connectTimeout: TimeSpan
    /// How long a request may take in all.
    package var timeout: TimeSpan
    /// How many bytes a body may have.
    package var bodyLimit: Int
    /// A file of certificate authorities in place of the system's; `nil` for the system's.
    package var authorities: String?

    /// Settings; what is not given is as for Stripe itself.
    package init(
        address: StripeAddress = .stripe,
        key: StripeKey,
        connectTimeout: TimeSpan = .seconds(10),
        timeout: TimeSpan = .seconds(60),
        bodyLimit: Int = 64 << 20,
        authorities: String? = nil
    ) {
        self.address = address
        self.key = key
        self.connectTimeout = connectTimeout
        self.timeout = timeout
        self.bodyLimit = bodyLimit
        self.authorities = authorities
    }
}

/// The one owner of a libcurl handle: GET by HTTPS, to one host, and nothing else.
///
/// The handle is set to GET when it is made and never to anything else. Redirects are not followed,
/// certificates are checked, and no other protocol is allowed, but plain HTTP to this machine where the
/// address says so. A class because it owns the handle; it is used by one thread at a time.
package final class CurlClient: StripeTransport {
    private let handle: OpaqueHandle
    private let settings: CurlSettings

    /// libcurl's set-up, once for the process.
    private static let isSetUp = curl_global_init(Int(CURL_GLOBAL_ALL)) == CURLE_OK

    /// A client without a connection; it makes one when first asked.
    ///
    /// - Parameter settings: How to connect.
    /// - Throws: ``StripeFailure`` where libcurl can't be set up.
    package init(_ settings: CurlSettings) throws(StripeFailure) {
        guard Self.isSetUp, let handle = OpaqueHandle() else {
            throw .transport(.setUp("libcurl can't be set up; memory may be short"))
        }
        self.settings = settings
        self.handle = handle
        try setUp()
    }

    /// Sends a request and waits for all of the answer.
    package func perform(
        _ request: StripeRequest,
        shouldStop: () -> Bool
    ) -> Result<StripeAnswer, TransportFailure> {
        let url = settings.address.description + request.target
        guard lc_set_text(handle.raw, CURLOPT_URL, url) == CURLE_OK else {
            return .failure(.setUp("memory is short"))
        }
        return withoutActuallyEscaping(shouldStop) { shouldStop in
            let transfer = Transfer(bodyLimit: settings.bodyLimit, shouldStop: shouldStop)
            // The transfer outlives every call that libcurl makes with it: they are all made below.
            let context = Unmanaged.passUnretained(transfer).toOpaque()
            for option in [CURLOPT_WRITEDATA, CURLOPT_HEADERDATA, CURLOPT_XFERINFODATA] {
                _ = lc_set_context(handle.raw, option, context)
            }
            let code = withExtendedLifetime(transfer) { curl_easy_perform(handle.raw) }
            return outcome(code, transfer)
        }
    }

    private func outcome(
        _ code: CURLcode,
        _ transfer: Transfer
    ) -> Result<StripeAnswer, TransportFailure> {
        guard code == CURLE_OK else { return .failure(failure(code, transfer)) }
        let status = lc_status(handle.raw)
        return .success(StripeAnswer(status: status, head: transfer.head, body: transfer.body))
    }

    private func failure(_ code: CURLcode, _ transfer: Transfer) -> TransportFailure {
        // libcurl's own words for the code: they hold nothing of the request.
        let words = String(cString: curl_easy_strerror(code))
        switch code {
        case _ where transfer.isStopped: return .stopped
        case _ where transfer.isTooLong: return .bodyTooLong(limit: settings.bodyLimit)
        case CURLE_OPERATION_TIMEDOUT: return .timeout
        case CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_CACERT_BADFILE, CURLE_SSL_ISSUER_ERROR:
            return .untrusted(words)
        case CURLE_URL_MALFORMAT, CURLE_OUT_OF_MEMORY: return .setUp(words)
        // Among them an answer that is no HTTP, which is an unsupported protocol to libcurl.
        default: return .connection(words)
        }
    }

    private func setUp() throws(StripeFailure) {
        let protocols = settings.address.isPlain ? "http,https" : "https"
        let milliseconds: (TimeSpan) -> Int = { max(1, Int($0.microseconds / 1000)) }
        let numbers: [(CURLoption, Int)] = [
            (CURLOPT_HTTPGET, 1), (CURLOPT_NOSIGNAL, 1), (CURLOPT_FOLLOWLOCATION, 0),
            (CURLOPT_SSL_VERIFYPEER, 1), (CURLOPT_SSL_VERIFYHOST, 2),
            (CURLOPT_SSLVERSION, Int(CURL_SSLVERSION_TLSv1_2)), (CURLOPT_NOPROGRESS, 0),
            (CURLOPT_CONNECTTIMEOUT_MS, milliseconds(settings.connectTimeout)),
            (CURLOPT_TIMEOUT_MS, milliseconds(settings.timeout)), (CURLOPT_TCP_KEEPALIVE, 1),
        ]
        var texts = [
            (CURLOPT_PROTOCOLS_STR, protocols), (CURLOPT_USERAGENT, "dunning-parity"),
            (CURLOPT_ACCEPT_ENCODING, ""), (CURLOPT_NOPROXY, "localhost,127.0.0.1,[::1]"),
        ]
        if let authorities = settings.authorities { texts.append((CURLOPT_CAINFO, authorities)) }
        let codes =
            numbers.map { lc_set_long(handle.raw, $0.0, $0.1) }
            + texts.map { lc_set_text(handle.raw, $0.0, $0.1) }
            + [
                handle.setHead(["Authorization: Bearer \(settings.key.text)"]),
                lc_set_receive(handle.raw, CURLOPT_WRITEFUNCTION, receiveBody),
                lc_set_receive(handle.raw, CURLOPT_HEADERFUNCTION, receiveHead),
                lc_set_progress(handle.raw, reportProgress),
            ]
        if let code = codes.first(where: { $0 != CURLE_OK }) {
            let words = String(cString: curl_easy_strerror(code))
            throw .transport(.setUp("libcurl refuses an option: \(words)"))
        }
    }
}

/// libcurl's handle and the list that it borrows, freed together.
private final class OpaqueHandle {
    let raw: UnsafeMutableRawPointer
    private var head: UnsafeMutablePointer<curl_slist>?

    init?() {
        guard let raw = curl_easy_init() else { return nil }
        self.raw = raw
    }

    func setHead(_ lines: [String]) -> CURLcode {
        for line in lines {
            guard let longer = curl_slist_append(head, line) else { return CURLE_OUT_OF_MEMORY }
            head = longer
        }
        return lc_set_list(raw, CURLOPT_HTTPHEADER, head)
    }

    deinit {
        curl_easy_cleanup(raw)
        curl_slist_free_all(head)
    }
}

/// What one answer brings, filled by libcurl's calls; a class because they know it by its address.
private final class Transfer {
    var head: [String: String] = [:]
    var body: [UInt8] = []
    var isTooLong = false
    var isStopped = false
    private let bodyLimit: Int
    private let shouldStop: () -> Bool

    init(bodyLimit: Int, shouldStop: @escaping () -> Bool) {
        self.bodyLimit = bodyLimit
        self.shouldStop = shouldStop
    }

    func takeBody(_ bytes: UnsafeRawBufferPointer) -> Int {
        guard bytes.count <= bodyLimit - body.count else {
            isTooLong = true
            return 0
        }
        body.append(contentsOf: bytes)
        return bytes.count
    }

    func takeHead(_ bytes: UnsafeRawBufferPointer) -> Int {
        let line = String(decoding: bytes, as: UTF8.self)
        // An interim answer's head is none of this one's.
        if line.hasPrefix("HTTP/") { head = [:] }
        let parts = line.split(separator: ":", maxSplits: 1)
        if parts.count == 2, head.count < 200 {
            head[parts[0].lowercased()] = String(
                parts[1].drop { $0.isWhitespace }.reversed().drop { $0.isWhitespace }.reversed()
            )
        }
        return bytes.count
    }

    func goesOn() -> Bool {
        isStopped = isStopped || shouldStop()
        return !isStopped
    }
}

/// The transfer that libcurl was given; borrowed, for the call that performs it keeps it.
private func transfer(_ context: UnsafeMutableRawPointer?) -> Transfer? {
    context.map { Unmanaged<Transfer>.fromOpaque($0).takeUnretainedValue() }
}

private let receiveBody: lc_receive = { bytes, size, count, context in
    let (length, overflow) = size.multipliedReportingOverflow(by: count)
    guard !overflow, let transfer = transfer(context) else { return 0 }
    return transfer.takeBody(UnsafeRawBufferPointer(start: bytes, count: length))
}

private let receiveHead: lc_receive = { bytes, size, count, context in
    let (length, overflow) = size.multipliedReportingOverflow(by: count)
    guard !overflow, let transfer = transfer(context) else { return 0 }
    return transfer.takeHead(UnsafeRawBufferPointer(start: bytes, count: length))
}

private let reportProgress: lc_progress = { context, _, _, _, _ in
    transfer(context)?.goesOn() == true ? 0 : 1
}
