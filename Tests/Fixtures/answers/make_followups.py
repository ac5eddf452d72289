"""Conversations with a follow-up, made from question sets whose passages are judged: followups.jsonl beside this file.

    python make_followups.py FOLDER-OF-SETS

FOLDER-OF-SETS holds squad, squad-pt and faquad in BEIR form (corpus.jsonl, queries.jsonl, answers.jsonl). No model and no
search takes part: only what a question shares with the turn before decides what is replaced, so nothing favours one way of
finding the passages. The seed is fixed; the same sets give the same file.

Each line: `id`, `set` (whose corpus is searched), `article`, `part` (tuning or rest, as Benchmarks/retrieval/measure.py
splits articles; faquad has no parts), `language`, `kind`, `history` (turns, oldest first), `question` (what the student
types), `full` (the same question with nothing left out), `passage` (judged). The kinds:

pronoun   the subject named in the question (or only in the answer) before is a pronoun: it, they, his, there, ela, disso
aspect    "And its economy?", "What about their language?": subject and question word are both left out
dropped   the subject is left out and nothing stands for it
bare      "When?", "E por quê?": all but the question word is left out; the turn before asked whether
swap      "And Y?", "What about the second one?": the question before with one thing in it changed
chain     as `pronoun`, but between the turn that names the subject and this one stands another follow-up
shift     no follow-up: a question that says everything, after a conversation on another article; some hold pronouns
          whose antecedent is in the question itself. The history must not change what is found.
"""

import hashlib
import json
import pathlib
import random
import re
import sys

SEED = 20261121
WANTED = {
    "squad": {"pronoun": 130, "chain": 40, "aspect": 40, "dropped": 30, "bare": 41, "swap": 19, "shift": 80},
    "squad-pt": {"pronoun": 30, "chain": 10, "dropped": 15, "bare": 15, "swap": 5, "shift": 25},
    "faquad": {"pronoun": 15, "chain": 5, "dropped": 10, "bare": 10, "swap": 4, "shift": 15},
}
LONGEST_ANSWER = 320

FUNCTION = set("""a an the of in on at to for from by with and or as is are was were be been did do does has have had can
could will would should may might that this these those it its they their them he his him she her there who what when where
which why how whom whose many much o os as um uma de do da dos das em no na nos nas ao aos à às para por pelo pela com e ou
que se foi é são era eram foram tem qual quais quem quando onde como quanto quantos quanta quantas sua seu suas seus ele ela
not no than into during after before between under over about against through if there any some other one ser está entre
""".split())
# Capital words that only go before a noun, and words that are no subject by themselves.
ADJECTIVES = set("French British Chinese Islamic Norman Polish Huguenot Muslim Mongol German Scottish European".split())
VAGUE = set("first only time name last most same following total main".split())
AUXILIARY = "did|do|does|is|are|was|were|has|have|had|can|could|will|would|should|may|might"
PREPOSITION = "of|in|on|at|to|for|from|by|with|against|about|under|over|into|during|after|before|between|through|within"
SELF_REFERENCE = re.compile(r"\b(it|its|they|their|them|he|his|she|her|that|this|there|seu|sua|seus|suas|ele|ela|isso)\b", re.I)


def is_tuning(passage):
    return hashlib.sha256(passage.split("#")[0].encode()).digest()[-1] % 2 == 0


def words(text):
    return re.findall(r"[\w'’-]+", text)


def content(text):
    return [w.lower() for w in words(text) if w.lower() not in FUNCTION]


def sentence_with(passage, answer):
    """The passage's sentence that holds the answer: what an assistant would have said."""
    at = passage.find(answer)
    if at < 0:
        return None
    ends = [m.end() for m in re.finditer(r"[.!?][\"”)]?\s+(?=[\"“(]?[A-ZÀ-Ý0-9])", passage)]
    start = max([e for e in ends if e <= at], default=0)
    end = min([e for e in ends if e >= at + len(answer)], default=len(passage))
    text = passage[start:end].strip()
    return text if len(text) <= LONGEST_ANSWER else None


def joined(text):
    """The first letter as a new question has it, the mark at the end, no blanks doubled."""
    text = re.sub(r"\s+", " ", text).strip(" ,.;")
    text = re.sub(r"\s+([?,])", r"\1", text)
    if not text.endswith("?"):
        text += "?"
    return text[0].upper() + text[1:]


def lower_first(text):
    return text if re.match(r"[A-ZÀ-Ý][A-ZÀ-Ý]", text) else text[0].lower() + text[1:]


class English:
    language = "en"
    question_words = {"when": "When", "where": "Where", "why": "Why", "how": "How"}
    number = re.compile(r"^how (many|much)\b", re.I)

    @staticmethod
    def yes(rng):
        return rng.choice(["Yes.", "Yes, that is so.", "Yes [1]."])

    @staticmethod
    def again(rng, text):
        """Half of the follow-ups begin the way people go on."""
        return rng.choice([text, text, text, "And " + lower_first(text), "and " + lower_first(text)[:-1]])

    def forms(self, phrase, article_text):
        """(nominative, accusative, possessive, is a place)."""
        last = phrase.split()[-1]
        if re.search(r"[^siu]s$|[^aeiou]ies$", last):
            return "they", "them", "their", False
        if phrase[0].isupper():
            he = she = it = 0
            thing = len(re.findall(rf"\b(?:in|at|the) {re.escape(last)}\b", article_text, re.I)) >= 2
            for m in re.finditer(re.escape(last), article_text):
                after = article_text[m.end():m.end() + 160].lower()
                he += len(re.findall(r"\b(he|his|him)\b", after))
                she += len(re.findall(r"\b(she|her)\b", after))
                it += len(re.findall(r"\b(it|its)\b", after))
            if max(he, she) > it and not thing:
                return ("he", "him", "his", False) if he >= she else ("she", "her", "her", False)
            return "it", "it", "its", True
        return "it", "it", "its", False

    def subjects(self, question, named):
        """Phrases of the question, complete as far as its words show, that the turn before names."""
        found = []
        for m in re.finditer(r"\b((?:[Tt]he|[Aa]n?) )?((?:[A-Z][\w-]+|of(?: the)? (?=[A-Z]))(?: (?=[A-Z])|\b)(?:[A-Z][\w-]+(?: (?=[A-Z]))?)*)", question):
            phrase = m.group(2).strip()
            if m.start() > 0 and phrase.lower() not in FUNCTION and not phrase.startswith("of"):
                found.append(phrase)
        for m in re.finditer(r"\bthe ([a-z][\w-]+(?: [a-z][\w-]+){0,2})\b", question):
            parts = m.group(1).split()
            while parts and parts[-1] in FUNCTION:
                parts.pop()
            for size in range(len(parts), 0, -1):
                if not any(w in FUNCTION for w in parts[:size]):
                    found.append(" ".join(parts[:size]))
        named = " " + " ".join(words(named)).lower() + " "
        found = [p for p in found if " " + p.lower() + " " in named or " " + p.lower() + "'s " in named]
        found = [p for p in found if p.split()[-1] not in ADJECTIVES and p.split()[0] not in VAGUE]
        return sorted(set(found), key=lambda p: (p[0].islower(), -len(p), p))

    def learn(self, text):
        """The verbs of the set: what follows a word that a verb follows."""
        self.verbs = set(re.findall(r"\b(?:to|will|would|could|can|not|may|must|should) ([a-z]{2,})\b", text)) - FUNCTION

    def pronoun(self, question, phrase, forms):
        nominative, accusative, possessive, place = forms
        # Only a whole phrase is replaced: no capital or adjective before it, nothing of it behind.
        p = r"(?:(?:the|a|an) )?" + re.escape(phrase)
        rest = rf"(?=\?|,|$| (?!of)(?:{PREPOSITION}|when|where)\b| (?:{AUXILIARY})\b)"
        predicate = "|".join(sorted(self.verbs, key=len, reverse=True))
        rules = [
            (rf"((?:^|\b(?:{AUXILIARY}|{PREPOSITION}|[a-z]+ed|[a-z]+s) )){p}['’]s?(?= [a-z])", r"\1" + possessive),
            (rf"\bthe ([a-z]+(?: [a-z]+)?) of {p}{rest}", possessive + r" \1"),
        ]
        if place:
            rules.append((rf"\b(?:in|at|within) {p}{rest}", "there"))
        rules += [
            (rf"\b({AUXILIARY}) {p}(?= (?!of\b)(?:{predicate}|[a-z]+ed|[a-z]+ing|{PREPOSITION})\b)", r"\1 " + nominative),
            (rf"\b(is|are|was|were) {p}(?=\?|$)", r"\1 " + nominative),
            (rf"\b((?!the\b|a\b)(?:{PREPOSITION}|[a-z]+ed|[a-z]+s|[a-z]+e)) {p}{rest}", r"\1 " + accusative),
        ]
        for rule, into in rules:
            text, count = re.subn(rule, into, question, count=1, flags=re.I if "of" in rule else 0)
            if count and phrase.lower() not in text.lower():
                return joined(text)
        return None

    def dropped(self, question, phrase):
        text, count = re.subn(
            rf",? \b(?:of|in|at|to|for|from|by|with|about|during|within) (?:the )?{re.escape(phrase)}(?=\?|$|,| (?:{AUXILIARY})\b)", "",
            question, count=1)
        return joined(text) if count and len(content(text)) >= 2 else None

    def aspect(self, rng, question, phrase, forms):
        """The thing asked about alone: "What is Warsaw's economy characterized by?" gives "And its economy?"."""
        p = r"(?:the )?" + re.escape(phrase)
        for rule in (rf"{p}['’]s? ((?:[a-z]+ )?[a-z]+)", rf"\bthe ((?:[a-z]+ )?[a-z]+) (?:of|in|for) {p}(?=\?|$| )"):
            m = re.search(rule, question)
            if m and not any(w in FUNCTION for w in m.group(1).split()):
                thing = m.group(1)
                if re.search(r"\b(did|do|does)\b", question) and thing.split()[-1] in self.verbs:
                    thing = thing.split()[0]
                return rng.choice([f"And {forms[2]} {thing}?", f"What about {forms[2]} {thing}?", f"and {forms[2]} {thing}",
                                   f"Tell me about {forms[2]} {thing}"])
        m = re.match(r"(?:What|Which|How many) ((?:[a-z]+ )?[a-z]+s?) (?:did|do|does|were|was|are|is|had|has|have) ", question)
        if m and not any(w in FUNCTION or w in ("times", "more") for w in m.group(1).split()) and " " in m.group(1):
            start = "How many" if question.startswith("How many") else rng.choice(["And which", "Which", "What"])
            return f"{start} {m.group(1)}?"
        return None

    def bare(self, rng, question):
        m = re.match(rf"(When|Where|Why|How) ((?:{AUXILIARY})\b .+)", question)
        if m and len(content(m.group(2))) >= 2:
            word = m.group(1)
            if re.match(r"(is|are|was|were)\b", m.group(2)) and not re.search(r"\b([a-z]+(ed|en)|held|built|to be)\b", m.group(2)):
                return joined("What " + m.group(2)), f"And {word.lower()}?"
            return joined(m.group(2)), rng.choice([f"{word}?", f"And {word.lower()}?", f"{word.lower()}", f"{word} exactly?"])
        m = re.match(rf"How many ([a-z]+(?: [a-z]+)?) ((?:{AUXILIARY})) (.+)", question)
        if m and len(content(m.group(3))) >= 2 and m.group(2) in ("did", "do", "does", "has", "have", "had"):
            return joined(f"{m.group(2)} {m.group(3).rstrip('?')} any {m.group(1)}"), rng.choice(["How many?", "And how many?"])
        return None

    def swap(self, rng, text, before, after):
        verb = after in self.verbs or after.endswith("ed")
        if after and after.lower() not in FUNCTION and not verb and not text.endswith("s"):
            if not text.islower() or before != "the":
                return None
            text = f"the {text} {'ones' if after.endswith('s') else 'one'}"
        elif before == "the":
            text = "the " + text
        elif not (before in FUNCTION and before not in ("who", "what", "which", "how", "many") or before.endswith("ed")
                  or text.split()[0] in PREPOSITION.split("|")):
            return None
        return rng.choice([f"And {text}?", f"What about {text}?", f"and {text}", f"how about {text}?"])


class Portuguese:
    language = "pt"
    ARTICLES = {"o": "ele", "a": "ela", "os": "eles", "as": "elas"}

    @staticmethod
    def yes(rng):
        return rng.choice(["Sim.", "Sim, é isso.", "Sim [1]."])

    @staticmethod
    def again(rng, text):
        return rng.choice([text, text, text, "E " + lower_first(text), "e " + lower_first(text)[:-1]])

    def learn(self, text):
        pass

    def forms(self, phrase, article_text):
        return None

    def subjects(self, question, named):
        found = []
        for m in re.finditer(r"\b(?:o|a|os|as|do|da|dos|das|no|na|nos|nas|ao|aos|à|às|pelo|pela|de|em) "
                             r"([\wÀ-ÿ-]+(?: (?:(?:de|da|do|das|dos) )?[\wÀ-ÿ-]+){0,3})", question):
            parts = m.group(1).split()
            for size in range(len(parts), 0, -1):
                head = parts[:size]
                if re.search(r"(?:ram|ou|am|iu)$", head[-1]):
                    continue
                if head[-1].lower() not in FUNCTION and head[0].lower() not in FUNCTION and not re.match(r"\d", head[0]):
                    found.append(" ".join(head))
        named = " " + " ".join(words(named)).lower() + " "
        found = [p for p in found if " " + p.lower() + " " in named]
        return sorted(set(found), key=lambda p: (p[0].islower(), -len(p), p))

    def pronoun(self, question, phrase, forms):
        p = re.escape(phrase)
        rest = (r"(?=\?|,|$| (?:em|para|por|com|no|na|se|não|é|foi|são|eram|era|tem|foram|pode|podem|deve|devem|está)\b"
                r"| [a-zà-ÿ]+(?:ou|am|eu|iu|ava)\b)")
        for article, pronoun in self.ARTICLES.items():
            for prefix, into in ((f"d{article}", f"d{pronoun}"), (f"n{article}", "lá" if phrase[0].isupper() else f"n{pronoun}"),
                                 (f"pel{article}", f"por {pronoun}"), (article, pronoun)):
                text, count = re.subn(rf"\b{prefix} {p}{rest}", into, question, count=1)
                if count and phrase.lower() not in text.lower():
                    return joined(text)
        for prefix, into in (("de", "de lá"), ("em", "lá")) if phrase[0].isupper() else (("em", "nisso"),):
            text, count = re.subn(rf"\b{prefix} {p}{rest}", into, question, count=1)
            if count and phrase.lower() not in text.lower():
                return joined(text)
        return None

    def dropped(self, question, phrase):
        text, count = re.subn(
            rf",? \b(?:(?:d|n|pel)?[oa]s?|de|em|para [oa]s?) {re.escape(phrase)}(?=\?|$|,| (?:foi|é|são|foram|era|tem|pode|deve)\b)", "",
            question, count=1)
        return joined(text) if count and len(content(text)) >= 1 else None

    def aspect(self, rng, question, phrase, forms):
        return None

    def bare(self, rng, question):
        m = re.match(r"(Quando|Onde|Por que|Como) (.+)", question)
        if m and len(content(m.group(2))) >= 2 and not re.match(r"(?:se|que)\b", m.group(2)):
            word = {"Por que": "Por quê"}.get(m.group(1), m.group(1))
            return joined(m.group(2)), rng.choice([f"{word}?", f"E {word.lower()}?", f"e {word.lower()}", f"Mas {word.lower()}?"])
        return None

    def swap(self, rng, text, before, after):
        if not after and before.lower() not in FUNCTION and " " not in text:
            return rng.choice([f"E {'a' if text.endswith('a') else 'o'} {text}?", f"e no caso da {before} {text}?"])
        if after and after.lower() not in FUNCTION or before.lower() not in FUNCTION - {"quem", "que", "qual", "quais"}:
            return None
        if before in ("o", "a", "os", "as", "da", "do", "dos", "das", "na", "no"):
            text = before[-2 if before.endswith("s") else -1:] + " " + text
        return rng.choice([f"E {text}?", f"e {text}", f"E quanto a {text}?"])


class Maker:
    def __init__(self, folder, name, grammar):
        def lines(file):
            return [json.loads(line) for line in (folder / name / file).read_text().splitlines()]
        self.name, self.grammar = name, grammar
        self.rng = random.Random(f"{SEED} {name}")
        self.passages = {d["_id"]: d for d in lines("corpus.jsonl")}
        answers = {a["_id"]: a for a in lines("answers.jsonl")}
        self.questions = []
        for q in lines("queries.jsonl"):
            answer, text = answers[q["_id"]], re.sub(r"\s+", " ", q["text"]).strip()
            passage = self.passages[answer["doc"]]
            sentence = answer["answers"] and sentence_with(passage["text"], answer["answers"][0])
            if 12 <= len(text) <= 160 and re.match(r"[A-ZÀ-Ý]", text) and sentence:
                self.questions.append({
                    "id": q["_id"], "text": joined(text), "passage": answer["doc"], "article": passage["title"],
                    "sentence": sentence})
        self.texts = {}
        for d in self.passages.values():
            self.texts[d["title"]] = self.texts.get(d["title"], "") + " " + d["text"]
        grammar.learn(" ".join(self.texts.values()))
        self.by_article = {}
        for q in self.questions:
            self.by_article.setdefault(q["article"], []).append(q)
        self.used, self.rows = set(), []

    def turns(self, question, answer):
        return [{"role": "user", "content": question}, {"role": "assistant", "content": answer}]

    def add(self, kind, q, history, asked):
        self.used.add(q["id"])
        part = {"part": "tuning" if is_tuning(q["passage"]) else "rest"} if "#" in q["passage"] else {"part": ""}
        self.rows.append({
            "id": f"{self.name}-{kind}-{q['id']}", "set": self.name, "article": q["article"], **part,
            "language": self.grammar.language, "kind": kind, "history": history, "question": asked, "full": q["text"],
            "passage": q["passage"]})

    def earlier(self, q):
        """One conversation in three had another exchange before, on any article."""
        if self.rng.random() > 1 / 3:
            return []
        other = self.rng.choice(self.questions)
        return self.turns(other["text"], other["sentence"]) if other["id"] != q["id"] else []

    def before(self, q, near):
        """A question that can have come before, of the same passage or of another of the article; not one that shares
        its answer's sentence."""
        others = [o for o in self.by_article[q["article"]] if o["sentence"] != q["sentence"]
                  and (o["passage"] == q["passage"]) == near and not SELF_REFERENCE.search(o["text"])]
        self.rng.shuffle(others)
        return others[:40]

    def replaced(self, q, how, in_answer=False):
        """(previous question, follow-up) for the first subject that the turn before names."""
        for o in self.before(q, near=self.rng.random() < 0.6):
            named = o["sentence"] if in_answer else o["text"]
            for phrase in self.grammar.subjects(q["text"], named):
                asked = how(q["text"], phrase, self.grammar.forms(phrase, self.texts[q["article"]]))
                if asked and 4 <= len(asked) < len(q["text"]) + 12:
                    return o, asked
        return None

    def make(self, wanted):
        g, rng = self.grammar, self.rng
        order = sorted(self.questions, key=lambda q: hashlib.sha256(f"{SEED}{q['id']}".encode()).hexdigest())

        def fill(kind, attempt):
            count = 0
            for q in order:
                if count == wanted.get(kind, 0):
                    break
                if q["id"] not in self.used and attempt(q):
                    count += 1
            if count < wanted.get(kind, 0):
                print(f"{self.name}: {kind} {count} of {wanted[kind]}", file=sys.stderr)

        def swap(q):
            mine = words(q["text"])
            if SELF_REFERENCE.search(q["text"]):
                return False
            for o in self.by_article[q["article"]]:
                theirs = words(o["text"])
                if o["id"] == q["id"] or o["sentence"] == q["sentence"]:
                    continue
                start = 0
                while start < min(len(mine), len(theirs)) and mine[start].lower() == theirs[start].lower():
                    start += 1
                end = 0
                while end < min(len(mine), len(theirs)) - start and mine[-1 - end].lower() == theirs[-1 - end].lower():
                    end += 1
                new = mine[start:len(mine) - end]
                if start + end >= 3 and start >= 1 and 1 <= len(new) <= 4 and len(theirs) - start - end <= 4 \
                        and new[-1].lower() not in FUNCTION and new[0].lower() not in AUXILIARY.split("|") \
                        and len(content(" ".join(mine[:start] + mine[len(mine) - end:]))) >= 2:
                    asked = g.swap(rng, " ".join(new), mine[start - 1], mine[len(mine) - end] if end else "")
                    if asked:
                        self.add("swap", q, self.earlier(q) + self.turns(o["text"], o["sentence"]), asked)
                        return True
            return False

        def bare(q):
            made = g.bare(rng, q["text"])
            if not made or SELF_REFERENCE.search(q["text"]):
                return False
            said = g.yes(rng) if not made[0].startswith("What ") else rng.choice(self.before(q, near=True) or [q])["sentence"]
            self.add("bare", q, self.earlier(q) + self.turns(made[0], said), made[1])
            return True

        def simple(kind, how, in_answer=lambda: False):
            def attempt(q):
                if SELF_REFERENCE.search(q["text"]):
                    return False
                made = self.replaced(q, how, in_answer())
                if made:
                    self.add(kind, q, self.earlier(q) + self.turns(made[0]["text"], made[0]["sentence"]), made[1])
                return bool(made)
            return attempt

        def pronoun(text, phrase, forms):
            asked = g.pronoun(text, phrase, forms)
            return asked and g.again(rng, asked)

        def chain(q):
            """Two follow-ups on one subject; the second is judged."""
            if SELF_REFERENCE.search(q["text"]):
                return False
            for o in self.before(q, near=True):
                for phrase in g.subjects(q["text"], o["text"]):
                    forms = g.forms(phrase, self.texts[q["article"]])
                    asked = pronoun(q["text"], phrase, forms)
                    if not asked:
                        continue
                    for middle in self.before(q, near=rng.random() < 0.5):
                        between = middle["id"] != o["id"] and g.pronoun(middle["text"], phrase, forms)
                        if between:
                            self.add("chain", q, self.turns(o["text"], o["sentence"])
                                     + self.turns(between, middle["sentence"]), asked)
                            return True
            return False

        def shift(q):
            inside = bool(SELF_REFERENCE.search(q["text"]))
            if inside and not re.search(r"\b[A-Z]\w+", q["text"][1:]):
                return False  # its pronoun may lean on the passage
            if not inside and rng.random() < 0.5:
                return False
            article = rng.choice([a for a in self.by_article if a != q["article"]])
            history = []
            for o in rng.sample(self.by_article[article], rng.choice([1, 1, 2])):
                history += self.turns(o["text"], o["sentence"])
            self.add("shift", q, history, q["text"])
            return True

        fill("swap", swap)
        fill("chain", chain)
        fill("aspect", simple("aspect", lambda t, p, f: g.aspect(rng, t, p, f)))
        fill("dropped", simple("dropped", lambda t, p, f: g.dropped(t, p)))
        fill("bare", bare)
        fill("pronoun", simple("pronoun", pronoun, lambda: rng.random() < 0.25))
        fill("shift", shift)
        return self.rows


def main():
    folder = pathlib.Path(sys.argv[1])
    rows = []
    for name, wanted in WANTED.items():
        rows += Maker(folder, name, English() if name == "squad" else Portuguese()).make(wanted)
    out = pathlib.Path(__file__).with_name("followups.jsonl")
    out.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows))
    print(len(rows), "conversations,", out.stat().st_size, "bytes")


if __name__ == "__main__":
    main()
