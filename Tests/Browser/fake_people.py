"""Who there is at the double of the contract, what they asked, and what it says of a course."""

import time

NOW = int(time.time())
TOPIC = {
    "id": "t1",
    "name": "prazo, trabalho, entrega",
    "words": ["prazo", "trabalho", "entrega", "atraso"],
    "questions": 9,
    "refused": 6,
    "badlyRated": 2,
    "lastAskedAt": NOW - 4_000,
    "examples": ["Posso entregar o trabalho depois do prazo?", "Qual o desconto por atraso?"],
    "comments": ["Faltou dizer quantos dias de atraso são aceitos."],
    "answeredBy": None,
}
# The moment that stands for "hidden until staff release it".
NEVER = 253_402_300_799
PEOPLE = {
    "ana": {"id": "ana", "name": "Ana Lima", "standing": "student", "courses": {"algoritmos": "student", "fisica": "student"}},
    "rui": {"id": "rui", "name": "Rui Prado", "standing": "staff", "courses": {"algoritmos": "staff"}},
    "new": {"id": "new", "name": "Nova Pessoa", "standing": "student", "courses": {}, "mustChangePassword": True},
}


def figures(count):
    """The insights of a course over `count` days, without its topics; some days nobody asked."""
    days = []
    for at in range(count):
        day = time.strftime("%Y-%m-%d", time.gmtime(NOW - (count - 1 - at) * 86_400))
        asked, refused = (at * 7) % 13, (at * 5) % 4
        if at % 11 == 5:
            continue
        days.append({"day": day, "questions": asked + refused, "answered": asked, "refused": refused,
                     "medianSeconds": 1 + (at % 5) / 3, "costUsd": asked / 700, "up": asked // 3, "down": refused // 2})
    return {"from": NOW - count * 86_400, "until": NOW, "questions": 214, "answered": 171, "refused": 39, "failed": 4,
            "answerRate": 0.8, "medianSeconds": 1.7, "p95Seconds": 6.4, "costUsd": 0.38, "ratings": {"up": 51, "down": 9},
            "days": days}
