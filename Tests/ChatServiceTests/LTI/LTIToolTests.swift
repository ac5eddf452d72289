import ChatAdapters
import Ingest
import Support
import TestSupport
import Testing
import WebServer

@testable import ChatService

@Suite struct LTIToolTests {
    private let staff = [PlatformSimulator.instructor]

    @Test("The login asks the platform for a launch and binds it to this browser")
    func login() async throws {
        let house = try await LaunchHouse()
        let login = try await house.login([("lti_message_hint", "a b&c"), ("lti_deployment_id", "1")])
        #expect(login.answer.status == 302)
        let asked = login.asked
        #expect(
            login.answer.headers["location"]?.hasPrefix("https://moodle.example/mod/lti/auth.php?scope=openid&") == true
        )
        #expect(asked["redirect_uri"] == "https://tutor.example/api/lti/launch" && asked["login_hint"] == "u 1")
        #expect(asked["lti_message_hint"] == "a b&c" && asked["client_id"] == "client-1")
        #expect(asked["response_mode"] == "form_post" && asked["prompt"] == "none")
        let cookie = login.answer.headers["set-cookie"] ?? ""
        #expect(cookie.hasPrefix("__Host-gepeto-lti-"))
        for attribute in ["Path=/", "Secure", "HttpOnly", "SameSite=None", "Partitioned", "Max-Age=600"] {
            #expect(cookie.contains("; " + attribute), "\(attribute)")
        }
        let binding = login.cookie.split(separator: "=").last.map(String.init) ?? "none"
        #expect(!(login.answer.headers["location"] ?? "").contains(binding))
        #expect(try await house.login().asked["nonce"] != asked["nonce"])
    }

    @Test("Staff connect a course by making one; then students are let in, each as what they are")
    func connecting() async throws {
        let house = try await LaunchHouse()
        #expect(await house.cause { try await house.whole { house.platform.claims(nonce: $0) } } == .unconnected)
        let page = try await house.whole { house.platform.claims(nonce: $0, roles: staff, subject: "t") }
        #expect(page.launched == nil && page.html.contains("Algoritmos &amp; &lt;Dados&gt;"))
        #expect(page.headers["content-security-policy"]?.contains("frame-ancestors https://moodle.example") == true)
        let ticket = try #require(page.hidden("ticket"))
        let made = try await house.tool.choose(
            LaunchHouse.form([("ticket", ticket), ("title", "Álgebra Linear")]), .english)
        #expect(made.launched?["course"] as? String == "algebra-linear")
        #expect(made.headers["content-security-policy"] == "frame-ancestors https://moodle.example")
        let course = try CourseID("algebra-linear")
        let registration = try house.platform.registration()
        let teacher = LTITool.user("t", of: registration)
        #expect(try await house.directory.role(of: teacher, in: course) == .staff)
        #expect(try await house.directory.maker(of: course) == teacher)
        #expect(try await house.house.store.titles()[course] == "Álgebra Linear")
        #expect(
            try await house.directory.entries(of: course, after: nil, limit: 9).items.map(\.action)
                == ["lti.course_connected"])

        let student = try await house.whole { house.platform.claims(nonce: $0) }
        #expect(
            student.launched?["course"] as? String == "algebra-linear"
                && student.launched?["expiresIn"] as? Int == 14_400)
        #expect(try await house.directory.role(of: LTITool.user("u-1", of: registration), in: course) == .student)
        // The page of choices once more: what is settled stays.
        let again = try await house.tool.choose(
            LaunchHouse.form([("ticket", ticket), ("course", "algoritmos")]), .english)
        #expect(again.launched?["course"] as? String == "algebra-linear")
        // Who teaches no more is staff no more.
        _ = try await house.whole { house.platform.claims(nonce: $0, subject: "t") }
        #expect(try await house.directory.role(of: teacher, in: course) == .student)
    }

    @Test("Only courses that are the visitor's own or opened to the platform can be connected")
    func choosing() async throws {
        let house = try await LaunchHouse(courses: ["algoritmos"])
        _ = try await house.documents.makeCourse(CourseID("fisica"))
        let page = try await house.whole { house.platform.claims(nonce: $0, roles: staff) }
        #expect(page.html.contains("value=\"algoritmos\"") && !page.html.contains("fisica"))
        let ticket = try #require(page.hidden("ticket"))
        for (course, title) in [("fisica", ""), ("unknown", ""), ("../x", ""), ("", " "), ("", "")] {
            let form = try LaunchHouse.form([("ticket", ticket), ("course", course), ("title", title)])
            #expect(await house.cause { try await house.tool.choose(form, .english) } == .course)
        }
        let chosen = try await house.tool.choose(
            LaunchHouse.form([("ticket", ticket), ("course", "algoritmos")]), .english)
        #expect(chosen.launched?["course"] as? String == "algoritmos")
        // A ticket is good for its page and its time only.
        let state = try await house.login().asked["state"] ?? ""
        for bad in ["", state, ticket + "x"] {
            let form = try LaunchHouse.form([("ticket", bad), ("course", "algoritmos")])
            #expect(await house.cause { try await house.tool.choose(form, .english) } == .state)
            #expect(await house.cause { try await house.tool.link(form, .english) } == .state)
        }
        house.house.time.advance(by: .seconds(1_800))
        let late = try LaunchHouse.form([("ticket", ticket), ("course", "algoritmos")])
        #expect(await house.cause { try await house.tool.choose(late, .english) } == .state)
    }

    @Test("A course that is gone is asked for anew")
    func courseGone() async throws {
        let house = try await LaunchHouse()
        let id = try house.platform.registration().id
        _ = try await house.directory.connect("ctx-1", of: id, to: CourseID("gone"), by: UserID("t"))
        #expect(await house.cause { try await house.whole { house.platform.claims(nonce: $0) } } == .unconnected)
        let page = try await house.whole { house.platform.claims(nonce: $0, roles: staff) }
        let form = try LaunchHouse.form([("ticket", try #require(page.hidden("ticket"))), ("course", "algoritmos")])
        #expect(try await house.tool.choose(form, .english).launched?["course"] as? String == "algoritmos")
    }

    @Test("A launch is good once, in the browser where it began, for a while")
    func once() async throws {
        let house = try await LaunchHouse()
        let id = try house.platform.registration().id
        _ = try await house.directory.connect("ctx-1", of: id, to: CourseID("algoritmos"), by: UserID("t"))
        let (login, other) = (try await house.login(), try await house.login())
        let (nonce, state) = (login.asked["nonce"] ?? "", login.asked["state"] ?? "")
        let token = try house.platform.sign(house.platform.claims(nonce: nonce))
        let name = login.cookie.prefix { $0 != "=" }
        for cookie in [nil, other.cookie, "\(name)=", "\(name)=" + other.cookie.split(separator: "=")[1]] {
            #expect(await house.cause { try await house.launch(token, state: state, cookie: cookie) } == .browser)
        }
        #expect(
            await house.cause { try await house.launch(token, state: other.asked["state"] ?? "", cookie: other.cookie) }
                == .nonce)
        let opened = try await house.launch(token, state: state, cookie: login.cookie)
        #expect(opened.launched != nil && opened.headers["set-cookie"]?.contains("Max-Age=0") == true)
        #expect(await house.cause { try await house.launch(token, state: state, cookie: login.cookie) } == .nonce)
        let late = try await house.login()
        house.house.time.advance(by: .seconds(600))
        let good = try house.platform.sign(house.platform.claims(nonce: late.asked["nonce"] ?? ""))
        #expect(
            await house.cause { try await house.launch(good, state: late.asked["state"] ?? "", cookie: late.cookie) }
                == .state)
    }

    @Test("Where cookies are blocked, the platform's storage binds the launch")
    func storage() async throws {
        let house = try await LaunchHouse()
        let id = try house.platform.registration().id
        _ = try await house.directory.connect("ctx-1", of: id, to: CourseID("algoritmos"), by: UserID("t"))
        let login = try await house.login([("lti_storage_target", "_parent")])
        #expect(login.answer.status == 200 && login.answer.html.contains("lti.put_data"))
        let binding = String(login.cookie.split(separator: "=")[1])
        let start = try #require(login.answer.html.range(of: "auth.php?")).upperBound
        let query = login.answer.html[start...].prefix { $0 != "\"" }.replacing("&amp;", with: "&")
        let asked = try FormFields(Array(query.utf8))
        let (state, nonce) = (asked.one("state") ?? "", asked.one("nonce") ?? "")
        let token = try house.platform.sign(house.platform.claims(nonce: nonce))
        let page = try await house.launch(token, state: state, cookie: nil)
        #expect(page.launched == nil && page.html.contains("lti.get_data") && !page.html.contains(binding))
        #expect(page.headers["content-security-policy"]?.contains("script-src 'nonce-") == true)
        #expect(page.hidden("id_token") == token && page.hidden("state") == state)
        let wrong = await house.cause {
            try await house.launch(token, state: state, cookie: nil, more: [("binding", "0")])
        }
        #expect(wrong == .storage)
        let opened = try await house.launch(token, state: state, cookie: nil, more: [("binding", binding)])
        #expect(opened.launched != nil)
        // A frame's name is a name and nothing else.
        #expect(try await house.login([("lti_storage_target", "x');alert(1)")]).answer.status == 302)
    }

    @Test("Clients and deployments are kept apart: their users, their courses, their launches")
    func apart() async throws {
        let house = try await LaunchHouse()
        let first = try house.platform.registration()
        let second = try house.platform.registration(deployment: "2")
        let third = try house.platform.registration(deployment: "3", clientID: "client-3")
        try await house.directory.add(second)
        #expect(LTITool.user("u", of: first) == LTITool.user("u", of: second))
        #expect(LTITool.user("u", of: first) != LTITool.user("u", of: third))
        _ = try await house.directory.connect("ctx-1", of: first.id, to: CourseID("algoritmos"), by: UserID("t"))
        let inSecond = house.platform.claim("deployment_id")
        let cause = await house.cause {
            try await house.whole { house.platform.claims(nonce: $0).merging([inSecond: "2"]) { $1 } }
        }
        #expect(cause == .unconnected)
        let login = try await house.login([("lti_deployment_id", "1")])
        let claims = house.platform.claims(nonce: login.asked["nonce"] ?? "").merging([inSecond: "2"]) { $1 }
        let token = try house.platform.sign(claims)
        let cross = await house.cause {
            try await house.launch(token, state: login.asked["state"] ?? "", cookie: login.cookie)
        }
        #expect(cross == .deployment)
        try await house.directory.add(third)
        let form = try LaunchHouse.form([
            ("iss", PlatformSimulator.issuer), ("login_hint", "u"), ("target_link_uri", "https://tutor.example/"),
        ])
        #expect(await house.cause { try await house.tool.login(form, .english) } == .malformed)
    }

    @Test("A link is chosen, signed with a published key, and opens what was chosen")
    func deepLinking() async throws {
        let house = try await LaunchHouse()
        let course = try CourseID("algoritmos")
        let id = try house.platform.registration().id
        _ = try await house.directory.connect("ctx-1", of: id, to: course, by: UserID("t"))
        let upload = UploadedDocument(
            documentID: "d1", name: "aula <1>.pdf", contentHash: String(repeating: "0", count: 64), byteCount: 1)
        house.documents.put(upload, into: course)
        let student = await house.cause {
            try await house.whole { house.platform.wish(nonce: $0, roles: [PlatformSimulator.learner]) }
        }
        #expect(student == .notStaff)
        let page = try await house.whole { house.platform.wish(nonce: $0) }
        #expect(page.html.contains("value=\"d1\">aula &lt;1&gt;.pdf"))
        let ticket = try #require(page.hidden("ticket"))
        let form = try LaunchHouse.form([("ticket", ticket), ("document", "d1")])
        let sent = try await house.tool.link(form, .english)
        #expect(sent.html.contains("action=\"https://moodle.example/mod/lti/contentitem_return.php?id=3\""))
        let answer = try SignedToken(try #require(sent.hidden("JWT")), limit: 10_000)
        let set = try JSONWebKeySet(await house.tool.ring.published())
        #expect(set.key(answer.keyID, .rs256)?.verifies(answer.signature, of: answer.message) == true)
        #expect(
            answer.claims["iss"] == .string("client-1") && answer.claims["aud"] == .string(PlatformSimulator.issuer))
        #expect(answer.claims["https://purl.imsglobal.org/spec/lti-dl/claim/data"] == .string("opaque \"data\" & more"))
        let items = answer.claims["https://purl.imsglobal.org/spec/lti-dl/claim/content_items"]
        guard case .array(let values)? = items, case .object(let item)? = values.first else {
            Issue.record("no items")
            return
        }
        #expect(
            item["custom"] == .object(["gepeto_document": .string("d1")]) && item["title"] == .string("aula <1>.pdf"))
        let custom = house.platform.claim("custom")
        for (document, opens) in [("d1", "d1"), ("gone", nil)] as [(String, String?)] {
            let opened = try await house.whole {
                house.platform.claims(nonce: $0).merging([custom: ["gepeto_document": document]]) { $1 }
            }
            #expect(opened.launched?["document"] as? String == opens)
        }
        let stranger = try LaunchHouse.form([("ticket", ticket), ("document", "d2")])
        #expect(await house.cause { try await house.tool.link(stranger, .english) } == .items)
    }

    @Test("A new key is published for an hour before it signs; the one before stays published")
    func rotation() async throws {
        let house = try await LaunchHouse()
        let ring = house.tool.ring
        func signer() async throws -> String? { try SignedToken(try await ring.sign(["a": "b"]), limit: 10_000).keyID }
        let first = try await signer()
        #expect(try await JSONWebKeySet(ring.published()).keys.map(\.id) == [first])
        house.house.time.advance(by: .seconds(5))
        let second = try await ring.rotate().map(\.id)
        #expect(second.count == 2 && second[1] == first)
        #expect(try await signer() == first)
        house.house.time.advance(by: .seconds(3_600))
        #expect(try await signer() == second[0])
        let third = try await ring.rotate().map(\.id)
        #expect(third.count == 2 && third[1] == second[0])
    }

    @Test("Where the server is not set up for platforms a page says so, also to forms of other sites")
    func notConfigured() async throws {
        let door = try FrontDoor()
        let form: HTTPFields = [
            "origin": "https://moodle.example", "content-type": "application/x-www-form-urlencoded",
            "accept-language": "pt-BR,pt",
        ]
        for (method, path) in [(HTTPMethod.get, "login"), (.post, "login"), (.post, "launch")] {
            let fields = method == .get ? ["accept-language": "pt"] : form
            let reply = try await door.send(method, "/api/lti/\(path)", method == .get ? nil : "a=b", headers: fields)
            #expect(reply.status == 404 && reply.text.contains("não está configurado"), "\(path)")
            #expect(reply.headers["content-type"] == "text/html; charset=utf-8")
        }
        for path in ["course", "link"] {
            #expect(try await door.send(.post, "/api/lti/\(path)", "a=b", headers: form).status == 403)
        }
        #expect(try await door.send(.get, "/api/lti/jwks").status == 404)
        #expect(try await door.send(.get, "/api/lti/registrations").status == 404)
    }
}
