import Support

/// What keeps a store in the cloud from its work, beside what the services themselves say (`AWSError`).
package enum CloudStoreError: ExplainedError, Equatable {
    /// Others kept writing the same items.
    case contention
    /// The table neither confirmed a write nor can be asked now.
    case outcomeUnknown
    /// An item that this version did not write.
    case unreadable
    case tooLarge
    case otherSchema(String)
    case tableNotReady(String)

    package var label: String {
        switch self {
        case .contention: "store_contention"
        case .outcomeUnknown: "outcome_unknown"
        case .unreadable: "store_unreadable"
        case .tooLarge: "store_too_large"
        case .otherSchema: "table_other_schema"
        case .tableNotReady: "table_not_ready"
        }
    }

    package var description: String {
        switch self {
        case .contention: "Too many requests changed the same thing at once; nothing was stored, try again."
        case .outcomeUnknown:
            "The database did not say whether this was stored. Look whether it was before you send it again, or send it "
                + "again with the same Idempotency-Key."
        case .unreadable: "The table holds an item that this version cannot read; it may be of a newer version."
        case .tooLarge: "The answer, or what was sent along with the question, is larger than the table takes."
        case .otherSchema(let name):
            "The DynamoDB table '\(name)' has other keys: gepeto needs pk and sk (strings), and an index "
                + "'\(TableSchema.index)' with gpk and gsk. Name another table in GEPETO_HISTORY or GEPETO_DIRECTORY, or create it with terraform."
        case .tableNotReady(let name):
            "The DynamoDB table '\(name)' is still being created or deleted: wait until it is ACTIVE."
        }
    }
}
