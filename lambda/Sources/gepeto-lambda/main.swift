import Commands
import Glibc
import HTTPClient
import Lambda
import Support

let environment = Gepeto.processEnvironment()
let log = Log(level: .info)
do {
    let runtime = try RuntimeClient(environment: environment, http: HTTPClient(log: log))
    let door: QuestionDoor
    do {
        door = try await QuestionDoor.open(environment)
    } catch {
        log.error("the function cannot start", ["error": error.label, "reason": error.sentence])
        try await runtime.failToStart(error)
        exit(1)
    }
    let function = GatewayFunction(
        router: door.router, desk: door.desk, sockets: door.sockets, host: door.host, awaken: { await door.awaken() },
        log: door.log)
    try await RuntimeLoop(runtime, log: door.log) { try await function.answer($0) }.run()
} catch {
    log.error("the function ends", ["error": error.label, "reason": error.sentence])
    exit(1)
}
