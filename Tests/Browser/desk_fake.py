"""The rest of the contract as a test double: sign-in, conversations, and all that staff do. Adds its routes to the app of
contract_fake.py; the texts are fixed, what is sent in is kept in memory. The password of everybody is `correct horse`.

What a file is called chooses its story: "broken" fails when it is read, "huge" is refused at once.
"""

import asyncio
import json
import pathlib
import secrets

from aiohttp import web
from fake_people import NEVER, NOW, PEOPLE, TOPIC, figures

CORPUS = pathlib.Path(__file__).resolve().parents[2] / "corpus"


def problem(status, detail, label="about"):
    return web.json_response(
        {"type": f"urn:gepeto:problem:{label}", "title": "Problem", "status": status, "detail": detail}, status=status, content_type="application/problem+json"
    )


def token_of(request):
    offered = [one.strip() for one in request.headers.get("Sec-WebSocket-Protocol", "").split(",")]
    bearer = next((one.removeprefix("bearer.") for one in offered if one.startswith("bearer.")), "")
    return request.headers.get("Authorization", "").removeprefix("Bearer ") or bearer


class Desk:
    """`mode` is what GEPETO_AUTH would be; access tokens are refused after `lasting` seconds, whatever was promised; an
    upload takes `slow` seconds."""

    def __init__(self, contract, mode, lasting, slow=0, locked=False):
        self.contract, self.mode, self.lasting, self.slow = contract, mode, lasting, slow
        self.access, self.refresh = {}, {}
        self.documents = {
            name: {"documentId": name, "name": f"{name}.pdf", "state": "ready", "title": name, "bytes": 91_000, "pages": 12,
                   "chunks": 40, "updatedAt": NOW, "url": f"/api/courses/algoritmos/documents/{name}/content"}
            for name in ("aula-1", "aula-2")
        }
        self.members = {one["id"]: {"user": one["id"], "name": one["name"], "role": one["courses"]["algoritmos"], "addedAt": NOW}
                        for one in PEOPLE.values() if "algoritmos" in one["courses"]}
        self.invitations, self.tokens, self.ratings = {}, {}, contract.ratings
        self.policies = {"version": 1, "newDocuments": "visible", "language": "auto", "modes": ["answer", "hint", "socratic", "quiz"],
                         "assignments": [{"id": "t1", "title": "Trabalho 1", "documents": ["aula-1"], "hintBudget": 3}]}
        if locked:
            self.policies["locks"] = [{"from": NOW - 60, "until": NOW + 7_200, "message": "Prova P1."}]
        self.topic = dict(TOPIC)

    def person(self, request):
        if self.mode == "open":
            return {"id": "local", "name": None, "standing": "admin", "courses": {}}
        return self.access.get(token_of(request))

    @web.middleware
    async def guard(self, request, handler):
        free = ("/api/auth/login", "/api/auth/refresh", "/api/auth/notice", "/api/health", "/api/lti/launch")
        is_free = not request.path.startswith("/api/") or request.path in free or request.path.startswith("/api/invitations/")
        if not is_free and self.person(request) is None:
            return problem(401, "Sign in first.")
        return await handler(request)

    def end(self, access):
        """The token's end closes the sockets that were opened with it."""
        del self.access[access]
        for session in self.contract.sessions.values():
            if session.socket and not session.socket.closed and session.token == access:
                asyncio.get_running_loop().create_task(session.socket.close(code=1008))

    def given(self, person):
        access, refresh = secrets.token_hex(8), secrets.token_hex(8)
        self.access[access] = self.refresh[refresh] = person
        asyncio.get_running_loop().call_later(self.lasting, self.end, access)
        user = {key: person[key] for key in ("id", "name", "standing")}
        return web.json_response({"accessToken": access, "expiresIn": 900, "refreshToken": refresh, "user": user})

    async def notice(self, _):
        return web.json_response({"mode": self.mode, "localAccounts": True, "providers": ["groq"], "retentionDays": 180})

    async def login(self, request):
        body = await request.json()
        person = PEOPLE.get(body["user"])
        if not person or body["password"] != "correct horse":
            return problem(401, "The user name or the password is wrong.")
        return self.given(person)

    async def launch(self, _):
        """The page as another tool opens it: what it needs to know stands in it as data."""
        access = secrets.token_hex(8)
        self.access[access] = PEOPLE["ana"]
        asyncio.get_running_loop().call_later(self.lasting, self.end, access)
        handed = json.dumps({"accessToken": access, "expiresIn": 900, "course": "fisica", "document": "d1"})
        page = (CORPUS.parent / "web" / "index.html").read_text()
        block = f'<script type="application/json" id="gepeto-launch">{handed}</script>'
        return web.Response(text=page.replace("<head>", "<head>" + block), content_type="text/html")

    async def renew(self, request):
        person = self.refresh.pop((await request.json())["refreshToken"], None)
        return self.given(person) if person else problem(401, "Sign in again.")

    async def me(self, request):
        person = self.person(request)
        courses = [{"id": id, "title": id.title(), "role": role} for id, role in person["courses"].items()]
        return web.json_response({**person, "courses": courses, "mustChangePassword": person.get("mustChangePassword", False)})

    async def password(self, request):
        self.person(request).pop("mustChangePassword", None)
        return web.Response(status=204)

    async def accept(self, request):
        person = {**await request.json(), "standing": "student", "courses": {"algoritmos": "student"}}
        person["id"] = person.pop("user")
        person.pop("password")
        return self.given(person)

    async def conversations(self, request):
        wanted = request.query.get("q", "").lower()
        found = []
        for id, messages in reversed(self.contract.messages.items()):
            title = self.contract.titles.get(id, messages[0]["content"][:60])
            said = next((one["content"] for one in messages if wanted and wanted in one["content"].lower()), None)
            if wanted in title.lower() or said:
                at = said.lower().index(wanted) if said else 0
                snippet = {"snippet": said[max(0, at - 50) : at + 110]} if said else {}
                found.append({"id": id, "course": "algoritmos", "title": title, "createdAt": NOW, "updatedAt": NOW, **snippet})
        return web.json_response({"conversations": found})

    async def conversation(self, request):
        id = request.match_info["id"]
        if id not in self.contract.messages:
            return problem(404, "There is no such conversation.")
        if request.method == "DELETE":
            del self.contract.messages[id]
            return web.Response(status=204)
        self.contract.titles[id] = (await request.json())["title"]
        return web.json_response({"id": id, "course": "algoritmos", "title": self.contract.titles[id]})

    async def feedback(self, request):
        self.ratings[request.match_info["id"]] = None if request.method == "DELETE" else await request.json()
        return web.Response(status=204)

    async def make_course(self, request):
        course = await request.json()
        self.contract.course_list.append({**course, "documents": 0, "chunks": 0})
        self.person(request)["courses"][course["id"]] = "staff"
        return web.json_response(course, status=201)

    async def list_documents(self, _):
        return web.json_response({"documents": list(self.documents.values()), "total": len(self.documents)})

    async def upload(self, request):
        name = request.headers["Content-Disposition"].split("''")[1]
        body = await request.read()
        if "huge" in name:
            return problem(413, "The file has more than 100 MB; split it.")
        id, session = secrets.token_hex(4), request.query.get("sessionId") or secrets.token_hex(16)
        document = {"documentId": id, "name": name, "state": "queued", "bytes": len(body), "updatedAt": NOW, "url": ""}
        hides = request.query.get("hidden") == "true"
        hidden = {"hidden": "unreleased"} if hides else {"hidden": "not_quotable"} if request.query.get("quotable") == "false" else {}
        document |= hidden
        if hides:
            rule = {"availableFrom": NEVER, "quotable": request.query.get("quotable") != "false"}
            self.policies = {**self.policies, "version": self.policies["version"] + 1,
                             "documents": {**self.policies.get("documents", {}), id: rule}}
        if self.slow:
            await asyncio.sleep(self.slow)
        self.documents[id] = document
        asyncio.get_running_loop().create_task(self.ingest(document, session))
        answer = {"documentId": id, "sessionId": session, "status": "queued", "name": name, **hidden}
        return web.json_response(answer, status=202)

    async def ingest(self, document, session):
        reason = "The file is no PDF: it begins with other bytes. Save it again and send that." if "broken" in document["name"] else None
        label = {"label": "ingest_broken"} if reason else {}
        for done in range(1, 5):
            await asyncio.sleep(0.15)
            document |= {"state": "extracting"}
            await self.tell(session, document, pagesDone=done, pagesTotal=4)
        document |= {"state": "failed", "reason": reason, **label} if reason else {"state": "ready", "pages": 4, "chunks": 9}
        await self.tell(session, document, **({"reason": reason, **label} if reason else {}))

    async def tell(self, session, document, **more):
        if listener := self.contract.sessions.get(session):
            await listener.emit({"event": "document_status", "documentId": document["documentId"], "state": document["state"], **more})

    async def one_document(self, request):
        id = request.match_info["id"]
        if request.method == "DELETE":
            del self.documents[id]
            return web.Response(status=204)
        report = {"pages": 12, "emptyPages": [7], "chunks": 40, "characters": 31_000, "warnings": ["Page 7 has no text."], "seconds": 1.2}
        return web.json_response({**self.documents[id], "warnings": report["warnings"], "report": report})

    async def content(self, request):
        if request.match_info["id"] == "d1":
            return web.FileResponse(CORPUS / "04-complexity.pdf", headers={"Content-Type": "application/pdf"})
        return web.Response(text="# Functions\n\nThe factorial is the classic example: fatorial(n) multiplies.\n")

    async def retry(self, request):
        document = self.documents[request.match_info["id"]]
        document["name"] = document["name"].replace("broken", "mended")
        document.pop("reason", None)
        asyncio.get_running_loop().create_task(self.ingest(document, request.query.get("sessionId")))
        return web.json_response({"documentId": document["documentId"], "status": "queued"}, status=202)

    async def chunks(self, request):
        first = request.query.get("cursor") is None
        chunks = [{"number": at, "text": f"Trecho {at}: um caso base encerra a recursão.", "page": at, "section": "Aula › Caso base"}
                  for at in (range(1, 4) if first else range(4, 6))]
        return web.json_response({"chunks": chunks, **({"nextCursor": "x"} if first else {})})

    async def search(self, request):
        passage = {"rank": 1, "documentId": "aula-1", "title": "Aula 1", "page": 3, "section": "Aula › Caso base", "score": 0.83,
                   "similarity": 0.61, "text": "Toda função recursiva precisa de um caso base.", "url": "",
                   "parts": {"lexical": 0.9, "vector": 0.61, "sentence": 0.7, "window": 0.4}}
        return web.json_response({"course": "algoritmos", "query": request.query["q"], "passages": [passage]})

    async def list_members(self, _):
        return web.json_response({"members": list(self.members.values())})

    async def put_members(self, request):
        if request.content_type == "text/csv":
            lines = [line.split(",") for line in (await request.text()).splitlines() if line and not line.startswith("user,")]
            members = [dict(zip(("user", "name", "role"), line)) for line in lines]
        else:
            members = (await request.json())["members"]
        if self.ends_staff({one["user"]: one["role"] for one in members}):
            return problem(409, "The course would have no staff left.", "last_staff")
        new = [one["user"] for one in members if one["user"] not in self.members]
        for one in members:
            self.members[one["user"]] = {"addedAt": NOW, **self.members.get(one["user"], {"name": ""}), **one}
        accounts = [{"user": user, "temporaryPassword": "casa-rio-lua-7"} for user in new]
        return web.json_response({"added": len(new), "changed": len(members) - len(new), "unchanged": 0, "accounts": accounts})

    def ends_staff(self, changes):
        roles = {**{user: one["role"] for user, one in self.members.items()}, **changes}
        return "staff" not in roles.values()

    async def member(self, request):
        if request.method == "POST":
            return web.json_response({"temporaryPassword": "mar-sol-paz-3"})
        if self.ends_staff({request.match_info["user"]: None}):
            return problem(409, "The course would have no staff left.", "last_staff")
        del self.members[request.match_info["user"]]
        return web.Response(status=204)

    async def invite(self, request):
        if request.method == "GET":
            return web.json_response({"invitations": list(self.invitations.values())})
        body, code = await request.json(), secrets.token_hex(8)
        id = secrets.token_hex(4)
        self.invitations[id] = {"id": id, "role": body["role"], "expiresAt": NOW + body["expiresInHours"] * 3600, "usesLeft": body["uses"]}
        return web.json_response({**self.invitations[id], "code": code, "url": f"/#/join/{code}"}, status=201)

    async def uninvite(self, request):
        del self.invitations[request.match_info["id"]]
        return web.Response(status=204)

    async def trail(self, _):
        entry = {"at": NOW, "actor": "rui", "action": "members.changed", "course": "calculo-1", "subject": "", "details": {"added": "2"}}
        return web.json_response({"entries": [entry]})

    async def rules(self, request):
        if request.method == "PUT":
            sent = await request.json()
            if sent.get("version") != self.policies["version"]:
                return problem(412, "Somebody else has changed these rules.", "policy_changed")
            self.policies = {**sent, "version": sent["version"] + 1}
            for id, document in self.documents.items():
                rule = sent.get("documents", {}).get(id, {})
                document.pop("hidden", None)
                if (rule.get("availableFrom") or 0) > NOW:
                    document["hidden"] = "unreleased"
                elif rule.get("quotable") is False:
                    document["hidden"] = "not_quotable"
        if self.person(request)["standing"] == "student":
            return web.json_response({key: value for key, value in self.policies.items() if key not in ("version", "documents")})
        return web.json_response(self.policies)

    async def budget(self, _):
        return web.json_response({"hintsLeft": {"t1": 2}, "questionsLeft": 17})

    async def insights(self, request):
        return web.json_response({**figures(int(request.query.get("days", 30))), "topics": [self.topic]})

    async def answer_topic(self, _):
        self.topic["answeredBy"] = "d9"
        return web.json_response({"documentId": "d9", "status": "queued"}, status=202)

    async def list_tokens(self, request):
        if request.method == "GET":
            return web.json_response({"tokens": list(self.tokens.values())})
        body, id = await request.json(), secrets.token_hex(4)
        self.tokens[id] = {"id": id, "name": body["name"], "course": body["course"], "expiresAt": NOW + 90 * 86_400}
        return web.json_response({**self.tokens[id], "token": f"gpt_{secrets.token_hex(16)}"}, status=201)

    async def delete_token(self, request):
        del self.tokens[request.match_info["id"]]
        return web.Response(status=204)

    async def text(self, _):
        return web.Response(text="# semana\n", content_type="text/markdown")

    async def nothing(self, _):
        return web.Response(status=204)

    def add(self, router):
        course = "/api/courses/{course}"
        for method, path, handler in (
            ("GET", "/api/auth/notice", self.notice), ("POST", "/api/auth/login", self.login),
            ("GET", "/api/lti/launch", self.launch),
            ("POST", "/api/auth/refresh", self.renew), ("POST", "/api/auth/logout", self.nothing),
            ("GET", "/api/auth/me", self.me), ("POST", "/api/auth/password", self.password),
            ("POST", "/api/invitations/{code}", self.accept), ("GET", "/api/account/export", self.text),
            ("DELETE", "/api/account", self.nothing), ("GET", "/api/conversations", self.conversations),
            ("PATCH", "/api/conversations/{id}", self.conversation), ("DELETE", "/api/conversations/{id}", self.conversation),
            ("POST", "/api/messages/{id}/feedback", self.feedback), ("DELETE", "/api/messages/{id}/feedback", self.feedback),
            ("POST", "/api/courses", self.make_course), ("GET", course + "/documents", self.list_documents), ("POST", course + "/documents", self.upload),
            ("GET", course + "/documents/{id}", self.one_document), ("DELETE", course + "/documents/{id}", self.one_document),
            ("GET", course + "/documents/{id}/content", self.content),
            ("POST", course + "/documents/{id}/retry", self.retry), ("GET", course + "/documents/{id}/chunks", self.chunks),
            ("GET", course + "/search", self.search), ("GET", course + "/members", self.list_members),
            ("PUT", course + "/members", self.put_members), ("DELETE", course + "/members/{user}", self.member),
            ("POST", course + "/members/{user}/password", self.member), ("GET", course + "/invitations", self.invite),
            ("POST", course + "/invitations", self.invite), ("DELETE", course + "/invitations/{id}", self.uninvite),
            ("GET", course + "/audit", self.trail), ("GET", course + "/policies", self.rules), ("PUT", course + "/policies", self.rules),
            ("GET", course + "/budget", self.budget), ("GET", course + "/insights", self.insights),
            ("POST", course + "/insights/topics/{topic}/answer", self.answer_topic),
            ("GET", course + "/insights/digest", self.text), ("GET", course + "/flashcards", self.text),
            ("GET", "/api/tokens", self.list_tokens), ("POST", "/api/tokens", self.list_tokens),
            ("DELETE", "/api/tokens/{id}", self.delete_token),
        ):
            router.add_route(method, path, handler)
