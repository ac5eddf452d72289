import Support

/// Why a local file could not be read for S3, or written from it.
package enum S3FileError: ExplainedError, Equatable {
    case notWritten(reason: String)
    case notRead(reason: String)
    case tooLarge(limit: Int64)

    package var label: String {
        switch self {
        case .notWritten: "s3_file_not_written"
        case .notRead: "s3_file_not_read"
        case .tooLarge: "s3_file_too_large"
        }
    }

    package var description: String {
        switch self {
        case .notWritten(let reason):
            "What came from S3 could not be written to GEPETO_DATA (\(reason)): check its free space and permissions."
        case .notRead(let reason):
            "A file for S3 could not be read from GEPETO_DATA (\(reason)): check its permissions."
        case .tooLarge(let limit): "The object in S3 is larger than \(limit >> 20) MiB and was not fetched."
        }
    }
}
