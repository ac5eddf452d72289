import Foundation
import Testing
import WebServer

@testable import Lambda

@Suite struct GatewayEventTests {
    private func request(_ name: String, _ changes: [String: Any?] = [:]) throws -> GatewayRequest {
        guard case .request(let request) = try GatewayEvent(EventFixture.bytes(name, changes)) else {
            throw RuntimeError.unknownEvent
        }
        return request
    }

    private func socket(_ name: String, _ changes: [String: Any?] = [:]) throws -> SocketEvent {
        guard case .socket(let event) = try GatewayEvent(EventFixture.bytes(name, changes)) else {
            throw RuntimeError.unknownEvent
        }
        return event
    }

    @Test func formatTwoIsRead() throws {
        let request = try request("http-2.0")
        #expect(request.format == .two)
        #expect(request.method == "POST")
        #expect(request.target == "/chat?parameter1=value1&parameter1=value2&parameter2=a%20b")
        #expect(request.headers["idempotency-key"] == "k-1")
        #expect(request.headers["cookie"] == "cookie1; cookie2=x")
        #expect(request.headers["host"] == nil)
        #expect(request.sourceAddress == "205.255.255.176")
        #expect(
            request.body.map { String(decoding: $0, as: UTF8.self) }
                == #"{"message": "O que é recursão?", "course": "algoritmos"}"#)
    }

    @Test func formatOneIsRead() throws {
        let request = try request("http-1.0")
        #expect(request.format == .one)
        #expect(request.target == "/chat?parameter1=value1&parameter1=value2&parameter2=a%20b%26%C3%A7")
        #expect(request.headers.all("header2") == ["value1", "value2"])
        #expect(request.headers["host"] == nil)
        #expect(request.sourceAddress == "192.0.2.1")
        #expect(request.body.map { String(decoding: $0, as: UTF8.self) } == #"{"message": "Olá!"}"#)
        let single = try self.request("http-1.0", ["multiValueHeaders": nil, "multiValueQueryStringParameters": nil])
        #expect(single.target == "/chat?parameter1=value1&parameter2=a%20b")
        #expect(single.headers.all("header2") == ["value2"])
    }

    @Test func aStageIsNoPartOfThePath() throws {
        let named = ["rawPath": "/prod/chat", "requestContext.stage": "prod", "rawQueryString": ""]
        #expect(try request("http-2.0", named).target == "/chat")
        #expect(
            try request("http-2.0", ["rawPath": "/production/chat", "requestContext.stage": "prod"])
                .target.hasPrefix("/production/chat?"))
    }

    @Test func aBodyThatIsNoBase64IsNone() throws {
        #expect(try request("http-1.0", ["body": "%%%"]).body == nil)
        #expect(try request("http-1.0", ["body": nil]).body == [])
    }

    @Test func socketsAreRead() throws {
        let connect = try socket("socket-connect")
        #expect(connect.kind == .connect)
        #expect(connect.connection == "CMkUVd1zoAMCJrg=")
        #expect(connect.query == "after=7&sessionId=0123")
        #expect(connect.headers.list("sec-websocket-protocol") == ["gepeto.v1", "bearer.TOKEN"])
        #expect(connect.sourceAddress == "205.255.255.176")
        let message = try socket("socket-message")
        #expect(message.kind == .message)
        #expect(message.text == #"{"action": "ask", "message": "Olá"}"#)
        #expect(try socket("socket-message", ["body": "/w==", "isBase64Encoded": true]).text == nil)
        #expect(try socket("socket-disconnect").kind == .disconnect)
    }

    @Test(
        arguments: [
            "", "[]", "{}", "null", #"{"requestContext": {}}"#, #"{"requestContext": {"connectionId": "x"}}"#,
            #"{"requestContext": {"connectionId": "x", "eventType": "OTHER"}}"#,
            #"{"version": "2.0", "rawPath": "/chat", "requestContext": {"http": {}}}"#,
            #"{"Records": [{"eventSource": "aws:sqs"}]}"#, #"{"path": 1, "requestContext": {}}"#,
        ])
    func whatIsNoEventIsRefused(_ text: String) {
        #expect(throws: RuntimeError.unknownEvent) { try GatewayEvent(Array(text.utf8)) }
    }

    @Test func answersAreWrittenInTheFormatOfTheRequest() throws {
        var fields: HTTPFields = ["content-type": "application/json", "Vary": "a"]
        for (name, value) in [("vary", "b"), ("set-cookie", "x=1; Secure"), ("set-cookie", "y=2")] {
            fields.append(name, value)
        }
        func json(_ reply: GatewayReply) throws -> NSDictionary? {
            try JSONSerialization.jsonObject(with: Data(reply.bytes)) as? NSDictionary
        }
        let two = try json(GatewayReply(202, fields, Array("{\"é\": 1}".utf8), format: .two))
        #expect(
            two == [
                "statusCode": 202, "headers": ["content-type": "application/json", "vary": "a, b"],
                "cookies": ["x=1; Secure", "y=2"], "body": "{\"é\": 1}", "isBase64Encoded": false,
            ])
        let one = try json(GatewayReply(200, fields, [0xff, 0], format: .one))
        #expect(
            one == [
                "statusCode": 200, "headers": [String: String](),
                "multiValueHeaders": [
                    "content-type": ["application/json"], "vary": ["a", "b"],
                    "set-cookie": ["x=1; Secure", "y=2"],
                ], "body": "/wA=", "isBase64Encoded": true,
            ])
        #expect(try json(GatewayReply(200)) == ["statusCode": 200, "headers": [String: String]()])
    }

    @Test func tracesOfXRayBecomeTraceparents() {
        let header = "Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1;Lineage=a:0"
        #expect(
            TracingHeader(header)?.traceparent == "00-5759e988bd862e3fe1be46a994272793-53995c3f42cd8ad8-01")
        for bad in [
            "", "Root=1-5759e988-bd862e3fe1be46a994272793",
            "Root=2-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8",
            "Root=1-5759e988-bd862e3fe1be46a99427279g;Parent=53995c3f42cd8ad8",
            "Root=1-5759e988;Parent=53995c3f42cd8ad8",
        ] { #expect(TracingHeader(bad) == nil) }
    }
}
