import AWS
import ChatService
import Support
import Testing

@testable import ChatAdapters

/// What a job carries of its trace from the process that accepts it to the one that answers.
@Suite struct TraceOnTheWayTests {
    private static func job(_ isSampled: Bool?) throws -> Job {
        Job(
            id: RandomIdentifier.make(at: Timestamp(milliseconds: 1)), user: UserID("u"), sessionID: "s",
            traceID: RandomIdentifier.make(), course: try CourseID("a"),
            task: .question(AskedQuestion(conversationID: "c", messageID: "m", mode: .answer, text: "")),
            acceptedAt: Timestamp(milliseconds: 1), deadline: Timestamp(milliseconds: 2), isSampled: isSampled)
    }

    @Test(arguments: [nil, true, false]) func theMessageNamesTheSpanThatAcceptedTheJob(_ isSampled: Bool?) throws {
        let job = try Self.job(isSampled)
        let item = try JobItem(JobItem(job, at: Timestamp(milliseconds: 1)).item)
        #expect(try item.job().isSampled == isSampled)
        let attributes = SQSMessages.attributes(item.notice)
        let parent = try #require(attributes["traceparent"].flatMap(TraceParent.init))
        #expect(attributes["traceId"] == job.traceID && parent.traceID == job.traceID)
        #expect(parent.spanID == TraceParent.span(ofJob: job.id) && parent.isSampled == (isSampled ?? true))
    }

    @Test func aTraceOfTheClientsOwnHasAParentToo() throws {
        let attributes = SQSMessages.attributes(JobMessage(job: "j", kind: .question, traceID: "lesson-7"))
        let parent = try #require(attributes["traceparent"].flatMap(TraceParent.init))
        #expect(attributes["traceId"] == "lesson-7" && parent.traceID == TraceParent.trace(of: "lesson-7"))
        #expect(SQSMessages.attributes(JobMessage(job: "j", kind: .question, traceID: "")).isEmpty)
    }
}
