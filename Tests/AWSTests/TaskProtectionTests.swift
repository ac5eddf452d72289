import HTTPClient
import Support
import TestSupport
import Testing

@testable import AWS

@Suite struct ProtectionPlanTests {
    @Test func oneJobAfterAnotherCostsNoMoreThanOneCallAndItsRenewals() {
        var plan = ProtectionPlan()
        #expect(plan.step(isBusy: false, at: .zero) == .rest(nil), "an idle task asks for nothing")
        #expect(plan.step(isBusy: true, at: .seconds(1)) == .protect)
        plan.ended(.protect, .done, at: .seconds(1))
        #expect(plan.step(isBusy: true, at: .seconds(2)) == .rest(.seconds(179)))
        #expect(plan.step(isBusy: false, at: .seconds(3)) == .rest(.seconds(20)), "idle for a moment")
        #expect(plan.step(isBusy: true, at: .seconds(22)) == .rest(.seconds(159)), "the next job: no call")
        #expect(plan.step(isBusy: true, at: .seconds(181)) == .protect, "renewed at half its time")
        plan.ended(.protect, .done, at: .seconds(181))
        #expect(plan.step(isBusy: false, at: .seconds(200)) == .rest(.seconds(20)))
        #expect(plan.step(isBusy: false, at: .seconds(219)) == .rest(.seconds(1)))
        #expect(plan.step(isBusy: false, at: .seconds(220)) == .release)
        plan.ended(.release, .done, at: .seconds(220))
        #expect(plan.step(isBusy: false, at: .seconds(221)) == .rest(nil) && !plan.isHeld)
    }

    @Test func aDeploymentThatWaitsIsLetGo() {
        var plan = ProtectionPlan()
        _ = plan.step(isBusy: true, at: .zero)
        plan.ended(.protect, .done, at: .zero)
        #expect(plan.step(isBusy: true, at: .seconds(180)) == .protect)
        plan.ended(.protect, .blocked, at: .seconds(180))
        #expect(plan.step(isBusy: true, at: .seconds(181)) == .release, "jobs or not")
        plan.ended(.release, .done, at: .seconds(181))
        #expect(plan.step(isBusy: true, at: .seconds(182)) == .rest(.seconds(58)) && !plan.isHeld)
        #expect(plan.step(isBusy: true, at: .seconds(240)) == .protect, "it was not this task that had to go")
        plan.ended(.protect, .blocked, at: .seconds(240))
        #expect(plan.step(isBusy: true, at: .seconds(241)) == .rest(.seconds(59)), "nothing is held")
    }

    @Test func aFailureIsTriedAgainAfterAPause() {
        var plan = ProtectionPlan()
        #expect(plan.step(isBusy: true, at: .zero) == .protect)
        plan.ended(.protect, .failed, at: .zero)
        #expect(plan.step(isBusy: true, at: .seconds(4)) == .rest(.seconds(6)) && !plan.isHeld)
        #expect(plan.step(isBusy: false, at: .seconds(5)) == .rest(nil), "nothing is held, nothing to release")
        #expect(plan.step(isBusy: true, at: .seconds(10)) == .protect)
        plan.ended(.protect, .done, at: .seconds(10))
        _ = plan.step(isBusy: false, at: .seconds(11))
        #expect(plan.step(isBusy: false, at: .seconds(31)) == .release)
        plan.ended(.release, .failed, at: .seconds(31))
        #expect(plan.step(isBusy: false, at: .seconds(32)) == .rest(.seconds(9)))
        #expect(plan.step(isBusy: false, at: .seconds(400)) == .release)
        plan.ended(.release, .failed, at: .seconds(400))
        #expect(plan.step(isBusy: false, at: .seconds(401)) == .rest(nil), "it has run out by itself")
    }
}

@Suite struct TaskProtectionTests {
    private final class Desk: Sendable {
        private let state = Locked((isBusy: false, turn: Latch()))

        func becomes(_ isBusy: Bool) {
            let turn = state.withLock { state in
                defer { state = (isBusy, Latch()) }
                return state.turn
            }
            turn.open()
        }

        var business: (isBusy: Bool, turn: Latch) { state.withLock { ($0.isBusy, $0.turn) } }
    }

    private static func held(_ enabled: Bool) -> [ScriptedServer.Step] {
        .response(
            200,
            #"{"protection":{"ExpirationDate":"2026-11-22T21:00:00Z","ProtectionEnabled":\#(enabled),"TaskArn":"arn:x"}}"#
        )
    }

    private static func run(
        _ agent: ScriptedServer, _ lines: Locked<[String]> = Locked([]),
        _ body: (Desk, ManualTime, @escaping @Sendable (Int) async throws -> ScriptedServer.Request) async throws ->
            Void
    ) async throws {
        let (desk, time, http) = (Desk(), ManualTime(), HTTPClient(log: .silent))
        let log = Log(level: .debug) { line in lines.withLock { $0.append(line) } }
        let found = TaskProtection(
            ["ECS_AGENT_URI": agent.url + "/api/1"], business: { desk.business }, http: http, time: time, log: log)
        let service = try #require(found)
        let running = Task { try await service.run() }
        try await body(desk, time) { number in
            try await eventually { agent.requests.count >= number }
            return agent.requests[number - 1]
        }
        await service.shutDown()
        try await running.value
        await http.shutDown()
    }

    @Test func whereThereIsNoAgentThereIsNoService() {
        let none = TaskProtection(
            [:], business: { (true, Latch()) }, http: HTTPClient(log: .silent), log: .silent)
        #expect(none == nil)
    }

    @Test func aTaskIsProtectedWhileItHasWork() async throws {
        let agent = try ScriptedServer([Self.held(true), Self.held(true), Self.held(false)])
        try await Self.run(agent) { desk, time, request in
            desk.becomes(true)
            let first = try await request(1)
            #expect(first.line == "PUT /api/1/task-protection/v1/state HTTP/1.1")
            #expect(first.header("content-type") == "application/json")
            #expect(
                first.body == #"{"ProtectionEnabled":true,"ExpiresInMinutes":6}"#
                    || first.body == #"{"ExpiresInMinutes":6,"ProtectionEnabled":true}"#)
            await time.untilSleeping(1)
            time.advance(by: .seconds(180))
            #expect(try await request(2).body.contains(#""ProtectionEnabled":true"#), "renewed")
            await time.untilSleeping(1)
            desk.becomes(false)
            // Asleep until the idle time is over, no longer until the renewal.
            try await eventually {
                time.advance(by: .seconds(10))
                return agent.requests.count >= 3
            }
            #expect(try await request(3).body == #"{"ProtectionEnabled":false}"#)
        }
        #expect(agent.requests.count == 3, "what is released need not be released at the end")
    }

    @Test func whatIsHeldIsReleasedAtTheEnd() async throws {
        let agent = try ScriptedServer([Self.held(true), Self.held(false)])
        try await Self.run(agent) { desk, _, request in
            desk.becomes(true)
            _ = try await request(1)
        }
        try await eventually { agent.requests.count == 2 }
        #expect(agent.requests[1].body == #"{"ProtectionEnabled":false}"#)
    }

    @Test(
        arguments: [
            (
                .response(200, #"{"failure":{"Arn":"a","Detail":null,"Reason":"TASK_NOT_VALID"}}"#),
                "TASK_NOT_VALID"
            ),
            (
                .response(400, #"{"requestID":"1","error":{"Arn":"a","Code":"AccessDeniedException","Message":"no"}}"#),
                "AccessDeniedException"
            ),
            (.response(400, #"{"error":{"Code":"not a name, but a long story\n"}}"#), "status_400"),
            (.response(200, "null"), "status_200"), (.response(500, "<html>"), "status_500"), ([.close], "closed"),
        ] as [([ScriptedServer.Step], String)])
    func anAgentThatRefusesIsToldOfOnce(_ answer: [ScriptedServer.Step], _ label: String) async throws {
        let agent = try ScriptedServer([answer, answer, Self.held(true), Self.held(false)])
        let lines = Locked<[String]>([])
        try await Self.run(agent, lines) { desk, time, request in
            desk.becomes(true)
            for number in 1...2 {
                _ = try await request(number)
                await time.untilSleeping(1)
                time.advance(by: .seconds(10))
            }
            _ = try await request(3)
        }
        let said = lines.withLock { $0 }.filter { $0.contains("task protection not changed") }
        #expect(said.count == 1 && said[0].contains(label), "\(said)")
        #expect(lines.withLock { $0 }.contains { $0.contains("task protection works again") })
    }

    @Test func aDeploymentThatWaitsIsHeard() async throws {
        let blocked = [ScriptedServer.Step].response(
            200, #"{"failure":{"Arn":"a","Detail":null,"Reason":"DEPLOYMENT_BLOCKED"}}"#)
        let agent = try ScriptedServer([Self.held(true), blocked, Self.held(false)])
        try await Self.run(agent) { desk, time, request in
            desk.becomes(true)
            _ = try await request(1)
            await time.untilSleeping(1)
            time.advance(by: .seconds(180))
            #expect(try await request(2).body.contains(#""ProtectionEnabled":true"#))
            #expect(try await request(3).body == #"{"ProtectionEnabled":false}"#)
        }
        #expect(agent.requests.count == 3)
    }
}
