import TestSupport
import Testing

@testable import AWS

@Suite struct APIGatewayConnectionsTests {
    @Test func framesAreSentAndGoneSocketsNoticed() async throws {
        let server = try ScriptedServer([
            .response(200), .response(410, headers: ["x-amzn-errortype: GoneException"], "{}"),
            .response(413, #"{"message":"Request entity too large"}"#), .response(204),
        ])
        let client = AWSClient(
            try AWSEndpoint(.executeAPI, region: "eu-west-1", url: server.url + "/prod"),
            credentials: CountingSource(), http: .init(log: .silent))
        let connections = APIGatewayConnections(client)
        #expect(try await connections.post(Array("{}".utf8), to: "AbC="))
        #expect(try await !connections.post(Array("{}".utf8), to: "AbC="))
        await #expect { try await connections.post([], to: "AbC=") } throws: { ($0 as? AWSError)?.kind == .tooLarge }
        #expect(try await connections.close("x/y"))
        #expect(server.requests.map(\.line).first == "POST /prod/@connections/AbC%3D HTTP/1.1")
        #expect(server.requests.map(\.line).last == "DELETE /prod/@connections/x%2Fy HTTP/1.1")
        #expect(server.requests.first?.header("authorization")?.contains("/execute-api/aws4_request") == true)
        #expect(server.requests.first?.body == "{}")
    }
}
