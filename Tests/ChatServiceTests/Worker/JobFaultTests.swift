import Support
import Testing

@testable import ChatService

@Suite("Job fault")
struct JobFaultTests {
    private func fault(endsJob: Bool = false, retryAfter: Duration? = nil) -> JobFault {
        JobFault(
            AnsweringError(
                .llmUnavailable, "Later.", isRetryable: true, endsJob: endsJob, retryAfter: retryAfter, cause: "timeout"
            ))
    }

    @Test("What ends the job may still be asked again by the student")
    func endsJob() {
        #expect(fault().isTransient && fault().failure.isRetryable)
        #expect(!fault(endsJob: true).isTransient && fault(endsJob: true).failure.isRetryable)
    }

    @Test("What was paid for, and which rule denied, is known of the failure")
    func details() {
        var error = AnsweringError(.policyDenied, "No.", cause: "course_locked")
        error.denial = DenialFacts(.locked(until: 9, message: nil))
        error.wasPaid = true
        let failure = JobFault(error).failure
        #expect(failure.wasPaid && failure.denial?.until == 9 && !fault().failure.wasPaid)
        let told = JSONText.encode(ChatEvent.error(.init(jobId: "j", attempts: 1, failure: failure)))
        #expect(told.contains("\"denial\":{\"cause\":\"course_locked\",\"until\":9}"))
    }

    @Test("The wait is what the provider asked for, and a random part of what the tries cost on top")
    func wait() {
        #expect(fault().wait(.jobs, tries: 3, random: 0.5) == .seconds(4))
        #expect(fault(retryAfter: .seconds(30)).wait(.jobs, tries: 1, random: 0) == .seconds(30))
        #expect(fault(retryAfter: .seconds(30)).wait(.jobs, tries: 1, random: 0.5) == .seconds(31))
        #expect(fault(retryAfter: .seconds(30)).wait(.jobs, tries: 9, random: 0.999) < .seconds(46))
    }
}
