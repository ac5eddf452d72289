import CCurl

/// The libcurl this process runs with.
package enum HTTPClientLibrary {
    /// For example `libcurl/7.88.1 OpenSSL/3.0.19 …`.
    package static var version: String { String(cString: curl_version()) }
}
