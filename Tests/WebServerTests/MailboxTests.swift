import Testing

@testable import WebServer

@Suite struct MailboxTests {
    private let socket = ConnectionID(descriptor: 7, generation: 1)

    private func frame(_ loop: EventLoop) -> Mail {
        .frame(WebSocketConnection(id: socket, loop: loop), WebSocketFrame.text("x"))
    }

    private func loop() throws -> EventLoop {
        try EventLoop(
            listener: ListeningSocket(host: "127.0.0.1", port: 0),
            context: ServerContext(ServerConfiguration(), router: Router(), log: .silent))
    }

    @Test("A sleeper is woken by the first letter, one who is awake by none")
    func sleeper() {
        let box = Mailbox()
        var mail: [Mail] = []
        #expect(box.put(.drain) == .taken)
        #expect(!box.rest(.sleep), "there is mail to read first")
        #expect(box.put(.drain) == .taken)
        #expect(box.take(&mail) && mail.count == 2)
        mail = []
        #expect(box.rest(.sleep))
        #expect(box.put(.drain) == .ring)
        #expect(box.put(.drain) == .taken)
        #expect(box.take(&mail) && mail.count == 2)
    }

    @Test("A nap goes on while pieces come, and ends with anything else")
    func nap() throws {
        let box = Mailbox()
        let loop = try loop()
        var mail: [Mail] = []
        #expect(box.rest(.nap))
        for _ in 0..<3 { #expect(box.put(frame(loop)) == .taken) }
        #expect(box.put(.closeSocket(socket, 1000, "")) == .ring)
        #expect(box.put(.drain) == .taken)
        #expect(box.take(&mail) && mail.count == 5)
        mail = []
        #expect(box.rest(.sleep))
        #expect(box.put(frame(loop)) == .ring, "a sleeper is woken by a piece, too")
    }

    @Test("Nothing is taken after the end, and what was not read is given back")
    func close() {
        let box = Mailbox()
        #expect(box.put(.drain) == .taken)
        #expect(box.close().count == 1)
        #expect(box.put(.drain) == .refused)
        #expect(box.close().isEmpty)
    }
}
