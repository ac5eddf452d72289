import AWS
import Glibc
import HTTPClient
import Support

// harness ENDPOINT QUEUE-URL BODY: for each number on standard input so many round trips (send, receive, delete), one
// after the other, and a line with the seconds that passed and those of processor time.

func processorSeconds() -> Double {
    var usage = rusage()
    getrusage(Int32(RUSAGE_SELF.rawValue), &usage)
    func seconds(_ time: timeval) -> Double { Double(time.tv_sec) + Double(time.tv_usec) / 1e6 }
    return seconds(usage.ru_utime) + seconds(usage.ru_stime)
}

let arguments = CommandLine.arguments
let client = AWSClient(
    try AWSEndpoint(.sqs, region: "us-east-1", url: arguments[1]),
    credentials: FixedCredentials(AWSCredentials(accessKeyID: "test", secretAccessKey: "test")),
    http: HTTPClient(log: .silent))
let queue = try SQS(client, queueURL: arguments[2])
let time = SystemTime()

func roundTrips(_ count: Int) async throws {
    for _ in 0..<count {
        try await queue.sendMessage(
            .init(arguments[3], attributes: ["traceparent": "00-ab-cd-01"]), deadline: .seconds(60))
        var received: [SQS.Message] = []
        while received.isEmpty { received = try await queue.receiveMessages(most: 1, deadline: .seconds(60)) }
        try await queue.deleteMessage(received[0].receipt, deadline: .seconds(60))
    }
}

while let line = readLine(), let count = Int(line) {
    let (start, work) = (time.elapsed, processorSeconds())
    try await roundTrips(count)
    print((time.elapsed - start).inSeconds, processorSeconds() - work)
    fflush(nil)
}
