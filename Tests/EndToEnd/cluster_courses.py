"""The courses of the cluster check, and whoever makes and loads them through the API."""

import asyncio
import collections
import json
import time

import aiohttp

from fault_check import token
from harness import check

# Each course has a word that stands in all its sentences.
COURSES = {"alvorada": "Alvorada", "beringela": "Beringela"}
SENTENCES = {
    "recursao": ("Recursão", "No caderno {0}, recursão é uma função que chama a si mesma para resolver um problema menor. "
                 "O caso base do caderno {0} é o caso em que a recursão termina sem outra chamada."),
    "filas": ("Filas e pilhas", "No caderno {0}, uma fila devolve primeiro o elemento que entrou primeiro. "
              "A pilha do caderno {0} devolve primeiro o elemento que entrou por último."),
    "arvores": ("Árvores",
                "No caderno {0}, uma árvore binária de busca guarda as chaves menores à esquerda e as maiores à direita. "
                "A altura da árvore do caderno {0} decide quanto custa uma busca."),
    "dispersao": ("Tabelas de dispersão", "No caderno {0}, uma tabela de dispersão calcula a posição a partir da chave. "
                  "Uma colisão, diz o caderno {0}, acontece quando duas chaves têm a mesma posição."),
}
# The last one is outside the courses.
QUESTIONS = ["O que é recursão?", "Qual é a diferença entre uma fila e uma pilha?", "O que é uma árvore binária de busca?",
             "O que é uma colisão em uma tabela de dispersão?", "Quem ganhou o campeonato de futebol?"]


def is_foreign(text, course):
    return any(word in text for name, word in COURSES.items() if name != course)


class Staff:
    """Whoever makes the courses and loads them."""

    def __init__(self, school):
        self.school = school
        self.headers = {"Authorization": "Bearer " + token("rui", role="admin")}
        self.documents = collections.defaultdict(set)

    async def call(self, method, path, expected, body=None, headers=None, api=0):
        url = await self.school.cluster.apis[api].url()
        kind = {"data": body} if isinstance(body, bytes) else {"json": body}
        async with self.school.http.request(method, url + path, headers=self.headers | (headers or {}), **kind) as answer:
            text = await answer.text()
            check(answer.status in expected, f"{method} {path}: {answer.status} {text}")
            return json.loads(text or "null")

    async def load(self, course, name, title, text, key):
        """Uploads a document; how long it takes is not waited for."""
        headers = {"Content-Type": "text/markdown", "Content-Disposition": f'attachment; filename="{name}"',
                   "Idempotency-Key": key}
        body = f"# {title}\n\n{text}\n".encode()
        made = await self.call("POST", f"/api/courses/{course}/documents", {202, 409, 503}, body, headers)
        if "documentId" in made:
            self.documents[course].add(made["documentId"])
        return "documentId" in made

    async def open_courses(self):
        for course, word in COURSES.items():
            await self.call("POST", "/api/courses", {201}, {"id": course, "title": word})
            for name, (title, text) in SENTENCES.items():
                await self.load_until_there(course, f"{name}.md", title, text.format(word), f"{course}-{name}")
        await self.are_ready()

    async def load_more(self, count, seconds):
        """Further documents while members are killed, each repeated under its key until somebody says that it is there."""
        for number in range(count):
            await asyncio.sleep(seconds / (count + 1))
            course = sorted(COURSES)[number % len(COURSES)]
            text = f"No caderno {COURSES[course]}, o capítulo {number} trata da ordenação por inserção."
            await self.load_until_there(course, f"extra-{number}.md", f"Capítulo {number}", text, f"extra-{number}")

    async def load_until_there(self, *document):
        while True:
            try:
                if await self.load(*document):
                    return
            except (aiohttp.ClientError, OSError, TimeoutError):
                # The API was killed: nobody knows whether it is there.
                pass
            await asyncio.sleep(0.5)

    async def are_ready(self, patience=120):
        """Until every document that was uploaded is in its course, as both APIs say."""
        end = time.monotonic() + patience
        for api in range(len(self.school.cluster.apis)):
            for course, documents in self.documents.items():
                while True:
                    page = await self.call("GET", f"/api/courses/{course}/documents", {200}, api=api)
                    states = {each["documentId"]: each["state"] for each in page["documents"]}
                    if set(states) == documents and set(states.values()) == {"ready"}:
                        break
                    check("failed" not in states.values(), f"a document failed: {page}")
                    check(time.monotonic() < end, f"documents of {course} at API {api}: {states}, uploaded were {documents}")
                    await asyncio.sleep(0.3)

    async def are_found(self, within):
        """Until both APIs find in each course what is in it."""
        began = time.monotonic()
        for api in range(len(self.school.cluster.apis)):
            for course, word in COURSES.items():
                while True:
                    found = await self.call("GET", f"/api/courses/{course}/search?q=recurs%C3%A3o&k=5", {200}, api=api)
                    if word in json.dumps(found, ensure_ascii=False):
                        check(not is_foreign(json.dumps(found, ensure_ascii=False), course), f"{course} finds {found}")
                        break
                    check(time.monotonic() - began < within, f"API {api} does not find what is in {course}: {found}")
                    await asyncio.sleep(0.3)
        return time.monotonic() - began
