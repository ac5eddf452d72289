import WebServer

/// What one route takes and answers, for people and for machines. Who may use it, its path parameters, and the problems
/// that follow from both are not said here: the document takes them from the route as it is registered.
struct APIOperation: Sendable {
    struct Parameter: Sendable {
        let name: String
        let schema: JSONValue
        let about: String
        var isRequired = false
        var isHeader = false
    }

    struct Body: Sendable {
        var type = "application/json"
        let schema: JSONValue
        var example: JSONValue?
        var isRequired = true
    }

    struct Answer: Sendable {
        let about: String
        var type = "application/json"
        /// nil: no body.
        let schema: JSONValue?
        var example: JSONValue?
        /// Media types as which it may come instead.
        var also: [String] = []

        static func json(_ about: String, _ schema: JSONValue, example: JSONValue? = nil) -> Answer {
            Answer(about: about, schema: schema, example: example)
        }

        /// Server-Sent Events; what stands in each is said in words.
        static func events(_ about: String) -> Answer {
            Answer(about: about, type: "text/event-stream", schema: [:])
        }

        static func none(_ about: String) -> Answer { Answer(about: about, schema: nil) }
    }

    let method: HTTPMethod
    let pattern: String
    /// Of the client's method that is made of it.
    let name: String
    let group: String
    let about: String
    var more = ""
    var query: [Parameter] = []
    var body: [Body] = []
    let answers: [Int: Answer]
    /// Statuses of problems beside those that every such route may have.
    var problems: [Int] = []
    /// Whether what is wrong is told by a page, for people.
    var isPage = false

    static let page: [Parameter] = [
        Parameter(name: "cursor", schema: Schema.text, about: "The `nextCursor` of the page before.")
    ]

    static func limit(_ range: ClosedRange<Int>, default usual: Int) -> Parameter {
        Parameter(name: "limit", schema: Schema.whole(range, default: usual), about: "Items of a page.")
    }

    static let idempotencyKey = Parameter(
        name: "Idempotency-Key", schema: ["type": "string", "pattern": "^[!-~]{1,128}$"],
        about: "A repeat with the same key, within a day, is answered as the first request was, and does nothing more.",
        isHeader: true)
}
