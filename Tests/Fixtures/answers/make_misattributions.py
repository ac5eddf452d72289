"""Makes cited answers, good and bad, with the verdict each sentence deserves: what a careless language model writes.

    python3 Tests/Fixtures/answers/make_misattributions.py --sets FOLDER
        writes citations-reporting.jsonl beside this script
    python3 Tests/Fixtures/answers/make_misattributions.py --sets FOLDER --half tuning --groups 400 --out FILE
        as many as wanted of either half, for fitting or for a second look

FOLDER holds squad, squad-pt and faquad; the sample course (corpus/ of this repository) makes a fourth set. Weights are
fitted on the half `tuning` alone: the titles (articles, documents, files) whose SHA-256 ends in an even byte, as in
Benchmarks/retrieval/measure.py. No passage of one half is offered in the other.

A group is a question with four offered passages: the one that answers it, two of the same title, one of another title.
Its claims stand in answers of three to five sentences, one marker a sentence. Kinds that deserve `supported`:
    quote      a sentence as it is
    clause     an apposition, a parenthesis, an opening or closing clause left out
    reorder    what opened the sentence closes it, or the other way round
    wording    other function words and common verbs, contractions
    framing    `According to the text, …`, bold type, a line of a list
    passive    was made by → made
    form       2 for two, % for percent, 1,000 for 1000
    joined     two neighbouring sentences made one
    answer     the question turned into a statement with the right answer
that deserve `unsupported`:
    near       the marker of another passage of the same title        far        … of another title
    negation   a negation put in or taken out                         direction  one word turned into its opposite
    number     digits, number words, months changed                   unit       a unit or a magnitude changed
    name       a name of another title instead                        swap       a name or number of the same passage instead
    wrong      the question turned into a statement with another passage's answer
    foreign    a sentence of a passage that was not offered           invented   a sentence nobody wrote
and, outside the count, that deserves `partly`:
    half       a true sentence with an invented clause

Half of the bad ones are made from a reworded sentence rather than from a quotation. Needs Python 3.9 or later and nothing
else; the seed is fixed: the same sets give the same file.
"""

import argparse
import hashlib
import json
import pathlib
import random
import re

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[2]
SEED = 20261121
# Characters of an offered passage.
LONGEST = 1_000

GOOD = ["quote", "clause", "reorder", "wording", "framing", "passive", "form", "joined", "answer"]
BAD = ["near", "far", "negation", "direction", "number", "unit", "name", "swap", "wrong", "foreign", "invented"]
# What the measure names comes more often than the rest.
SHARE = {"quote": 2, "wording": 2, "clause": 2, "near": 2, "far": 1.5, "negation": 3, "number": 3, "name": 1.5}


def lines(path):
    return [json.loads(line) for line in pathlib.Path(path).read_text().splitlines()]


def is_tuning(title):
    return hashlib.sha256(title.encode()).digest()[-1] % 2 == 0


# --- material

SENTENCE_END = re.compile(r"(?<=[.!?…])[\"”’)]*\s+(?=[\"“(A-ZÀ-Ý0-9])")


def sentences(text):
    """Whole sentences of plain prose that every splitter cuts alike."""
    found = []
    abbreviated = False
    for piece in SENTENCE_END.split(" ".join(text.split())):
        # Neither what an abbreviation cut off nor what it is cut off from.
        rest, abbreviated = abbreviated, bool(re.search(r"\b(?:\w|[A-Z][a-z]{1,3}|etc|art|al|no|ex|pp|c)\.$", piece))
        words = piece.split()
        if rest or abbreviated:
            continue
        if (45 <= len(piece) <= 280 and len(words) >= 8 and piece[0].isupper() and piece.endswith(".")
                and not re.search(r"[.!?…][\"”’)]*\s|[\[\]`*|#<>]|^.?\w?\.|\b[A-Za-z]{1,4}\.,", piece[:-1])
                and piece.count('"') % 2 == 0 and piece.count("(") == piece.count(")")):
            found.append(piece)
    return found


def squad_like(folder, language):
    gold = {item["_id"]: item for item in lines(folder / "answers.jsonl")}
    texts = {item["_id"]: item for item in lines(folder / "corpus.jsonl")}
    passages = {key: {"id": f"{folder.name}/{key}", "set": folder.name, "language": language, "title": item["title"],
                      "text": item["text"], "questions": []} for key, item in texts.items()}
    for item in lines(folder / "queries.jsonl"):
        known = gold.get(item["_id"])
        if known and known["doc"] in passages:
            answers = [a for a in known["answers"]
                       if re.search(rf"(?<!\w){re.escape(a)}(?!\w)", texts[known["doc"]]["text"])]
            if answers:
                passages[known["doc"]]["questions"].append((item["text"].strip(), min(answers, key=len)))
    return list(passages.values())


def sample_course():
    passages = []
    for path in sorted((ROOT / "corpus").glob("*.md")) + sorted((ROOT / "corpus").glob("*.txt")):
        try:
            text = path.read_text()
        except UnicodeDecodeError:
            text = path.read_text(encoding="latin-1")
        text = re.sub(r"```.*?```", "", text, flags=re.S)
        language = "pt" if len(re.findall(r"\b(?:não|uma|são|que|para)\b", text)) > 30 else "en"
        for number, part in enumerate(re.split(r"\n(?=#+ )|\n\n\n", text)):
            head, _, body = part.strip().partition("\n")
            body = re.sub(r"[*`]", "", body).strip()
            if 300 <= len(body) <= 1500:
                question = re.sub(r"^[#\s\d.]+", "", head)
                passages.append({"id": f"corpus/{path.name}#{number}", "set": "corpus", "language": language,
                                 "title": path.name, "text": body, "questions": [(question, None)]})
    return passages


# --- words

def bag(text):
    return {word for word in re.findall(r"\w+", text.lower()) if len(word) > 3 or word.isdigit()}


NAME = r"[A-ZÀ-Ý][\wÀ-ÿ’'-]*[a-zà-ÿ](?:(?: of| the| de| da| do| dos| das)? [A-ZÀ-Ý][\wÀ-ÿ’'-]*[a-zà-ÿ])*"


def names(sentence):
    """Runs of capitalised words that do not open the sentence."""
    return [m for m in re.finditer(NAME, sentence) if m.start() > 1 and len(m.group()) > 3
            and sentence[m.start() - 2:m.start()] not in (". ", ": ")]


def lower_first(text):
    first = text.split()[0].strip(",")
    common = {"The", "A", "An", "In", "It", "This", "These", "That", "Those", "They", "He", "She", "His", "Her", "Their",
              "Its", "There", "When", "While", "As", "At", "By", "For", "From", "On", "Many", "Most", "Some", "After",
              "Before", "During", "Although", "However", "All", "Both", "Other", "Another", "One", "Two", "With", "To",
              "O", "Os", "As", "Um", "Uma", "Em", "No", "Na", "Nos", "Nas", "Este", "Esta", "Estes", "Estas", "Esse",
              "Essa", "Ele", "Ela", "Eles", "Elas", "Seu", "Sua", "Seus", "Suas", "Quando", "Como", "Por", "Para", "De",
              "Do", "Da", "Com", "Isso", "Isto", "Muitos", "Muitas", "Alguns", "Outros", "Outra", "Depois", "Durante"}
    return text[0].lower() + text[1:] if first in common else text


def upper_first(text):
    return text[0].upper() + text[1:]


def replace_some(text, table, chance, most=3):
    """Up to `most` of the table's words replaced, the case of the first letter kept."""
    done = 0
    order = list(table)
    chance.shuffle(order)
    for old, new in order:
        if done == most:
            break
        match = re.search(rf"\b{old}\b", text, flags=re.I)
        if match and re.sub(rf"\b{old}\b", new, match.group(), flags=re.I) != match.group():
            put = match.expand(new)
            if match.group()[0].isupper():
                put = upper_first(put)
            text = text[:match.start()] + put + text[match.end():]
            done += 1
    return text if done else None


WORDING = {
    "en": [("because", "since"), ("such as", "like"), ("in order to", "to"), ("approximately", "about"),
           ("although", "even though"), ("several", "a number of"), ("also", "additionally"), ("however", "but"),
           ("many", "numerous"), ("which", "that"), ("while", "whereas"), ("began", "started"), ("large", "big"),
           ("throughout", "all over"), ("known as", "called"), ("located", "situated"),
           ("often", "frequently"), ("was not", "wasn't"), ("is not", "isn't"), ("are not", "aren't"),
           ("did not", "didn't"), ("does not", "doesn't"), ("cannot", "can't"), ("were not", "weren't"),
           ("due to", "because of"), ("as well as", "and also"), ("primarily", "mainly"), ("must", "has to"),
           ("within", "inside"), ("usually", "normally"), ("the majority of", "most"), ("may", "might"),
           ("became", "turned into"), ("therefore", "thus"), ("various", "different"), ("nearly", "almost"),
           ("purchase", "buy"), ("obtain", "get"), ("allow(s|ed)", r"permit\1"), ("built", "constructed"),
           ("upon", "on"), ("among", "amongst"), ("per cent", "percent"),
           ("is called", "has the name")],
    "pt": [("porque", "pois"), ("pois", "porque"), ("através d([eoa]s?)", r"por meio d\1"), ("cerca de", "aproximadamente"),
           ("aproximadamente", "cerca de"), ("a fim de", "para"), ("bem como", "e também"), ("devido a", "por causa de"),
           ("no entanto", "porém"), ("porém", "contudo"), ("embora", "ainda que"), ("também", "igualmente"),
           ("muitos", "numerosos"), ("muitas", "numerosas"), ("diversos", "vários"), ("diversas", "várias"),
           ("vários", "diversos"), ("várias", "diversas"), ("principalmente", "sobretudo"), ("geralmente", "em geral"),
           ("frequentemente", "muitas vezes"), ("localizad([oa]s?)", r"situad\1"), ("começou", "teve início"),
           ("enquanto", "ao passo que"), ("assim", "deste modo"), ("tais como", "como"), ("utilizad([oa]s?)", r"usad\1"),
           ("utilizar", "usar"), ("conhecid([oa]s?) como", r"chamad\1 de"), ("apenas", "somente"),
           ("somente", "apenas"), ("dentro d([eoa]s?)", r"no interior d\1"), ("além disso", "ademais"), ("deve", "tem de"),
           ("devem", "têm de"), ("durante", "ao longo de"), ("onde", "em que")],
}

OPENINGS = {
    "en": r"(?:In|During|After|Before|By|Since|At|On|From|Under|As|For|With|When|While|Although|Despite|Because|If)\b",
    "pt": r"(?:Em|No|Na|Nos|Nas|Durante|Após|Depois|Antes|Até|Desde|Ao|Sob|Para|Com|Quando|Enquanto|Embora|Apesar|Se)\b",
}

FRAMES = {
    "en": ["According to the text, {}", "The material says that {}", "The passage explains that {}", "- {}", "**Answer:** {}",
           "Yes: {}", "In short, {}", "As the course notes state, {}"],
    "pt": ["De acordo com o texto, {}", "O material diz que {}", "O trecho explica que {}", "- {}", "**Resposta:** {}",
           "Sim: {}", "Em resumo, {}", "Conforme as notas do curso, {}"],
}


# --- what keeps the meaning

def clause(text, language, chance):
    """Something left out that can be left out."""
    body = text[:-1]
    tries = [lambda: re.sub(r" ?\([^)]*\)", "", body, count=1)]
    who = "which|who|where|whose" if language == "en" else "que|o qual|a qual|os quais|onde|cujo|cuja"
    tries.append(lambda: re.sub(rf", (?:{who}) [^,;()]{{8,}}, ", " ", body, count=1))
    tries.append(lambda: re.sub(rf", (?:{who}) [^,;()]{{8,}}$", "", body))
    # A condition is no ornament.
    tries.append(lambda: upper_first(re.sub(rf"^(?!If\b|Se\b){OPENINGS[language]}[^,]{{3,60}}, ", "", body)))
    joint = "and|but|while|although|because|with" if language == "en" else "e|mas|enquanto|embora|porque|com"
    tries.append(lambda: re.sub(rf", (?:{joint}) [^,;]{{12,}}$", "", body))
    tries.append(lambda: re.sub(r"; [^;]{12,}$", "", body))
    chance.shuffle(tries)
    for attempt in tries:
        made = attempt()
        if made != body and len(made) >= 35 and len(made.split()) >= 6:
            return made + "."
    return None


def reorder(text, language, chance):
    body = text[:-1]
    head = re.match(rf"^({OPENINGS[language]}[^,]{{3,70}}), ([^;:]{{25,}})$", body)
    if head:
        return upper_first(head.group(2)) + (", " if len(head.group(1)) > 30 else " ") + lower_first(head.group(1)) + "."
    middle = "in|during|after|since|on" if language == "en" else "em|durante|após|desde"
    tail = re.match(rf"^([^,;:]{{25,}}) ((?:{middle}) (?:\w+ ){{0,2}}\d{{3,4}})$", body)
    if tail:
        return upper_first(tail.group(2)) + ", " + lower_first(tail.group(1)) + "."
    joint = "and" if language == "en" else "e"
    parts = re.match(rf"^([^,;:]{{25,}}), {joint} ((?:[a-zà-ÿ]+ ){{2}}[^,;:]{{15,}})$", body)
    if parts:
        return upper_first(parts.group(2)) + f", {joint} " + lower_first(parts.group(1)) + "."
    return None


def wording(text, language, chance):
    return replace_some(text, WORDING[language], chance, most=chance.choice([1, 2, 3]))


def framing(text, language, chance):
    frame = chance.choice(FRAMES[language])
    return frame.format(text if frame.startswith(("-", "**")) else lower_first(text))


def passive(text, language, chance):
    if language == "en":
        match = re.match(r"^((?:The |A |An )?(?:[\w’'-]+ ){1,6}?)(?:was|were) (\w+ed) by ((?:the |[A-Z])[^,;:]{3,50}?)"
                         r"( (?:in|on|at|after|during) [^,;]+)?\.$", text)
    else:
        match = re.match(r"^((?:[OA]s? )?(?:[\w’'-]+ ){1,6}?)(?:foi|foram) (\w+)ad[oa]s? ((?:por [A-ZÀ-Ý]|pel[oa]s? )[^,;:]{3,50}?)"
                         r"( (?:em|no|na|após|durante) [^,;]+)?\.$", text)
    if not match or re.search(r"\b(?:que|who|which|that|nem|nor|as)\b", match.group(1) + match.group(3)):
        return None
    subject, verb, agent, rest = match.groups()
    if language == "pt":
        agent = re.sub(r"^por |^pel", "", agent)
        verb += "aram" if agent.split()[0].endswith("s") else "ou"
    return f"{upper_first(agent)} {verb} {lower_first(subject.strip())}{rest or ''}."


NUMBER_WORDS = {
    "en": ["one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"],
    "pt": ["um", "dois", "três", "quatro", "cinco", "seis", "sete", "oito", "nove", "dez", "onze", "doze"],
}


def form(text, language, chance):
    tries = [(rf"\b{word}\b", str(index + 1)) for index, word in enumerate(NUMBER_WORDS[language]) if index > 0]
    tries += [(r"(\d) (?:percent|per cent|por cento)\b", r"\1%"), (r"(\d) ?%", r"\1 percent" if language == "en" else r"\1 por cento")]
    chance.shuffle(tries)
    for old, new in tries:
        made = re.sub(old, new, text, count=1)
        if made != text:
            return made
    comma = "," if language == "en" else "."
    made = re.sub(rf"\b(\d{{1,3}})\{comma}(\d{{3}})\b", r"\1\2", text, count=1)
    return made if made != text else None


def joined(first, second, language, chance):
    if len(first) + len(second) > 330:
        return None
    joint = chance.choice(["; ", ", and " if language == "en" else ", e "])
    return first[:-1] + joint + lower_first(second)


def statement(question, answer, language):
    """The question as a statement; None for what the few patterns do not know."""
    question = question.strip().rstrip("?").strip()
    if language == "en":
        patterns = [(r"^(?:Who|What) (was|is|were|are) (the .+)$", "{1} {0} {a}."),
                    (r"^(?:When|In what year) (was|were) (.+) (\w+ed|born|built|founded|held)$", "{1} {0} {2} in {a}."),
                    (r"^Where (is|are|was|were) (.+) located$", "{1} {0} located in {a}."),
                    (r"^Who (\w+ed|wrote|made|built|led|won|took|gave|ruled) (.+)$", "{a} {0} {1}."),
                    (r"^How many (.+?) (were|are|was|is) (.+)$", "{a} {0} {1} {2}.")]
    else:
        patterns = [(r"^Quem (foi|é|era|foram|são|eram) (.+)$", "{1} {0} {a}."),
                    (r"^(?:O que|Qual) (é|era|foi) (.+)$", "{1} {0} {a}."),
                    (r"^Quando (foi|foram) (\w+ad[oa]s?) (.+)$", "{2} {0} {1} em {a}."),
                    (r"^Quem (\w+(?:ou|eu|iu)) (.+)$", "{a} {0} {1}."),
                    (r"^Quant[oa]s (.+?) (são|foram|eram|existem|há) (.*)$", "{a} {0} {1} {2}.")]
    answer = re.sub(r"^(?:in|on|em|no|na) ", "", answer.strip().strip(".,;:"))
    if re.search(r"\w .*\b(?:who|what|which|whom|quem|qual|quais)\b", question, flags=re.I):
        return None
    for pattern, shape in patterns:
        match = re.match(pattern, question, flags=re.I)
        if match:
            return upper_first(re.sub(r"\s+", " ", shape.format(*match.groups(), a=answer)).strip().replace(" .", "."))
    return None


# --- what changes it

def negation(text, language, chance):
    """`not` put in after an auxiliary or taken out."""
    if language == "en":
        out = [(r"\b(was|were|is|are|did|does|do|had|has|have|could|can|would|will|should|must|may) not\b", r"\1"),
               (r"\b(was|were|is|are|could|would|did|does)n't\b", r"\1"), (r"\bcannot\b", "can"), (r"\bnever\b", "always"),
               (r"\bwithout\b", "with"), (r"\bno longer\b", "still"), (r"\bno ", "a "), (r"\bunable to\b", "able to"),
               (r"\bneither (\w+) nor\b", r"both \1 and")]
        into = [(r"\b(was|were|is|are|could|can|would|will|should|must|had|has) (?!not\b|no\b)", r"\1 not "),
                (r"\b(was|were|is|are|could|would|had|has) (?!not\b|no\b)", r"\1n't "),
                (r"\b(was|were|is|are|has|had|can|could) (?!not\b|no\b|never\b)", r"\1 never "),
                (r"\b(was|were|is|are) (?!not\b|no\b)", r"\1 no longer "), (r"\bwith\b", "without")]
    else:
        verbs = ("é|são|foi|foram|era|eram|está|estão|tem|têm|tinha|pode|podem|podia|deve|devem|há|fica|existe|existem|"
                 "possui|possuem|usa|permite|será|faz|fazem|vale|precisa|serve|houve|ocorre|recebe|recebeu")
        out = [(r"\bnão ", ""), (r"\bnunca\b", "sempre"), (r"\bsem\b", "com"), (r"\bnem\b", "e"), (r"\bnenhum\b", "todo"),
               (r"\bnenhuma\b", "toda")]
        into = [(rf"(?<!não )(?<!nunca )\b({verbs})\b", r"não \1"), (rf"(?<!não )(?<!nunca )\b({verbs})\b", r"nunca \1"),
                (r"\bcom\b", "sem")]
    for table in (out, into):
        table = list(table)
        chance.shuffle(table)
        for old, new in table:
            matches = list(re.finditer(old, text))
            if matches:
                match = chance.choice(matches[:2])
                return text[:match.start()] + match.expand(new) + text[match.end():]
    return None


OPPOSITES = {
    "en": [("increase(d|s|)", "decrease{}"), ("decrease(d|s|)", "increase{}"), ("before", "after"), ("after", "before"),
           ("more", "less"), ("less", "more"), ("most", "least"), ("first", "last"), ("last", "first"), ("best", "worst"),
           ("worst", "best"), ("maximum", "minimum"), ("minimum", "maximum"), ("always", "never"), ("largest", "smallest"),
           ("smallest", "largest"), ("highest", "lowest"), ("lowest", "highest"), ("higher", "lower"), ("lower", "higher"),
           ("larger", "smaller"), ("smaller", "larger"), ("early", "late"), ("earlier", "later"), ("later", "earlier"),
           ("above", "below"), ("below", "above"), ("north(ern|)", "south{}"), ("south(ern|)", "north{}"),
           ("east(ern|)", "west{}"), ("west(ern|)", "east{}"), ("all", "none"), ("beginning", "end"), ("won", "lost"),
           ("accept(ed|s|)", "reject{}"), ("reject(ed|s|)", "accept{}"), ("success(ful|)", "failure{}"),
           ("positive", "negative"), ("negative", "positive"), ("strong", "weak"), ("high", "low"), ("low", "high"),
           ("longer", "shorter"), ("shorter", "longer"), ("fast(er|est|)", "slow{}"), ("rise", "fall"), ("rose", "fell"),
           ("ascending", "descending"), ("outside", "inside"), ("public", "private"), ("private", "public"),
           ("victory", "defeat"), ("support(ed|s|)", "oppose{}"), ("possible", "impossible"), ("greater", "smaller")],
    "pt": [("aumento(u|)", "diminui{}"), ("aument(a|am|ar|aram)", "reduz{}"), ("antes", "depois"), ("depois", "antes"),
           ("após", "antes"), ("mais", "menos"), ("menos", "mais"), ("maior(es|)", "menor{}"), ("menor(es|)", "maior{}"),
           ("melhor(es|)", "pior{}"), ("pior(es|)", "melhor{}"), ("primeir(o|a|os|as)", "últim{}"),
           ("últim(o|a|os|as)", "primeir{}"), ("máxim(o|a)", "mínim{}"), ("mínim(o|a)", "máxim{}"), ("sempre", "nunca"),
           ("início", "fim"), ("fim", "início"), ("acima", "abaixo"), ("abaixo", "acima"), ("norte", "sul"),
           ("sul", "norte"), ("leste", "oeste"), ("oeste", "leste"), ("alt(o|a|os|as)", "baix{}"), ("baix(o|a|os|as)", "alt{}"),
           ("superior(es|)", "inferior{}"), ("inferior(es|)", "superior{}"), ("crescente", "decrescente"),
           ("públic(o|a|os|as)", "privad{}"), ("privad(o|a|os|as)", "públic{}"), ("positiv(o|a|os|as)", "negativ{}"),
           ("dentro", "fora"), ("fora", "dentro"), ("ganho(u|)", "perde{}"), ("vitória", "derrota"), ("forte", "fraco"),
           ("todos", "nenhum"), ("possível", "impossível"), ("rápid(o|a)", "lent{}"), ("obrigatóri(o|a)", "facultativ{}")],
}


def direction(text, language, chance):
    table = list(OPPOSITES[language])
    chance.shuffle(table)
    for old, new in table:
        match = re.search(rf"\b{old}\b", text)
        if match:
            return text[:match.start()] + new.format(*match.groups()) + text[match.end():]
    return None


MONTHS = {
    "en": "January February March April May June July August September October November December".split(),
    "pt": "janeiro fevereiro março abril maio junho julho agosto setembro outubro novembro dezembro".split(),
}


def number(text, language, chance):
    tries = []
    for match in re.finditer(r"\d+", text):
        old = match.group()
        if len(old) == 4 and old[0] in "12":
            new = str(int(old) + chance.choice([-100, -10, -3, -1, 1, 2, 10, 100]))
        else:
            at = chance.randrange(len(old))
            digit = chance.choice([d for d in "123456789" if d != old[at]])
            new = old[:at] + digit + old[at + 1:]
        tries.append((match, new))
    for match in re.finditer("|".join(rf"\b{m}\b" for m in MONTHS[language] if m != "May"), text):
        tries.append((match, chance.choice([m for m in MONTHS[language] if m != match.group()])))
    words = NUMBER_WORDS[language][1:]
    for match in re.finditer("|".join(rf"\b{w}\b" for w in words), text):
        tries.append((match, chance.choice([w for w in words if w != match.group()])))
    if not tries:
        return None
    match, new = chance.choice(tries)
    if re.search(rf"(?<!\w){new}(?!\w)", text):
        return None
    return text[:match.start()] + new + text[match.end():]


UNITS = [["million", "billion", "thousand"], ["milhões", "bilhões", "mil"], ["km", "m"], ["kilometers", "meters"],
         ["quilômetros", "metros"], ["miles", "feet"], ["years", "months", "days"], ["anos", "meses", "dias"],
         ["hours", "minutes"], ["horas", "minutos"], ["century", "decade"], ["século", "década"], ["séculos", "décadas"],
         ["dollars", "euros"], ["weeks", "days"], ["semanas", "dias"], ["percent", "points"], ["°C", "K"], ["kg", "g"]]


def unit(text, language, chance):
    for group in chance.sample(UNITS, len(UNITS)):
        for old in group:
            match = re.search(rf"(?<![€$£])((?<![€$£\d])\d[\d.,]*(?:th|st|nd|rd)? ?|\b(?:{'|'.join(NUMBER_WORDS[language])}) ){re.escape(old)}(?!\w)", text)
            if match:
                new = chance.choice([u for u in group if u != old])
                return text[:match.start()] + match.group(1) + new + text[match.end():]
    match = re.search(r"O\((log n|n log n|n²|n|1)\)", text)
    if match:
        new = chance.choice([c for c in ("log n", "n log n", "n²", "n", "1") if c != match.group(1)])
        return text[:match.start()] + f"O({new})" + text[match.end():]
    return None


def swapped(text, found, others, chance):
    others = [o for o in others if not any(w in text for w in o.split()) and not any(w in o for w in found.group().split())]
    if not others:
        return None
    return text[:found.start()] + chance.choice(sorted(others)) + text[found.end():]


INVENTED = {
    "en": ["{} was later adopted as an official symbol by the national government.",
           "Most historians agree that {} declined because of a severe drought.",
           "{} is still celebrated every year with a large public festival.",
           "The first detailed description of {} was written by a travelling merchant.",
           "{} requires a special licence that has to be renewed regularly.",
           "Experts consider {} the most expensive project of its kind.",
           "A well-known film about {} was made by students of the university.",
           "{} depends mainly on the temperature of the surrounding water.",
           "The name of {} comes from an old word for a mountain path.",
           "Few people know that {} was financed by selling rare books."],
    "pt": ["{} foi mais tarde adotado como símbolo oficial pelo governo nacional.",
           "A maioria dos historiadores concorda que {} entrou em declínio por causa de uma seca severa.",
           "{} ainda é celebrado todos os anos com um grande festival popular.",
           "A primeira descrição detalhada de {} foi escrita por um mercador viajante.",
           "{} exige uma licença especial que precisa ser renovada regularmente.",
           "Especialistas consideram {} o projeto mais caro do gênero.",
           "Um filme conhecido sobre {} foi feito por estudantes da universidade.",
           "{} depende sobretudo da temperatura da água ao redor.",
           "O nome de {} vem de uma palavra antiga para um caminho de montanha.",
           "Poucas pessoas sabem que {} foi financiado com a venda de livros raros."],
}

ADDED = {
    "en": [", which made it famous among collectors of old coins", ", and it is still the most expensive of its kind",
           ", although the staff later asked for a refund", ", mainly because the climate there is mild"],
    "pt": [", o que o tornou famoso entre colecionadores de moedas antigas", ", e ainda é o mais caro do gênero",
           ", embora a equipe mais tarde tenha pedido reembolso", ", sobretudo porque o clima ali é ameno"],
}


# --- groups

class Maker:
    def __init__(self, passages, chance):
        self.chance = chance
        self.passages = passages
        self.by_title = {}
        for passage in passages:
            passage["sentences"] = sentences(passage["text"])
            self.by_title.setdefault((passage["set"], passage["title"]), []).append(passage)
        self.counts = {}

    def group(self, gold):
        """Four offered passages and what can be claimed of them."""
        same = [p for p in self.by_title[gold["set"], gold["title"]] if p is not gold and p["sentences"]
                and len(p["text"]) <= LONGEST]
        other = [p for p in self.passages if p["set"] == gold["set"] and p["language"] == gold["language"]
                 and p["title"] != gold["title"] and len(p["text"]) <= LONGEST]
        if len(same) < 2 or not other:
            return None
        offered = [gold] + self.chance.sample(same, 2) + [self.chance.choice(other)]
        self.chance.shuffle(offered)
        return offered

    def claims(self, gold, offered, good, bad):
        made, used = [], set()
        for wanted, kinds in ((good, GOOD), (bad, BAD)):
            for _ in range(wanted):
                order = sorted(kinds, key=lambda k: (self.counts.get(k, 0) / SHARE.get(k, 1), self.chance.random()))
                for kind in order:
                    claim = self.claim(kind, gold, offered, used)
                    if claim:
                        self.counts[kind] = self.counts.get(kind, 0) + 1
                        made.append(claim)
                        break
        if self.counts.get("half", 0) * 12 < self.counts.get("quote", 0) * 5:
            claim = self.claim("half", gold, offered, used)
            if claim:
                self.counts["half"] = self.counts.get("half", 0) + 1
                made.append(claim)
        return made

    def base(self, offered, used, titled=None):
        """A sentence nobody has used yet, the gold passage's title preferred."""
        pool = [(p, s) for p in offered for s in p["sentences"] if s not in used and (titled is None or p["title"] == titled)]
        return self.chance.choice(pool) if pool else (None, None)

    def reworded(self, text, language):
        if self.chance.random() < 0.5:
            return text
        for rewrite in self.chance.sample([clause, wording, reorder], 3):
            made = rewrite(text, language, self.chance)
            if made:
                return made
        return text

    def claim(self, kind, gold, offered, used):
        chance, language = self.chance, gold["language"]
        number_of = {p["id"]: index + 1 for index, p in enumerate(offered)}

        def done(text, passage, *bases):
            if text is None or len(text) > 420:
                return None
            used.update(bases)
            expected = "supported" if kind in GOOD else "partly" if kind == "half" else "unsupported"
            return {"kind": kind, "expected": expected, "marker": number_of[passage["id"]], "text": text,
                    "of": next((number_of[p["id"]] for p in offered for b in bases if b in p["sentences"]), 0)}

        if kind in ("answer", "wrong"):
            for question, answer in chance.sample(gold["questions"], len(gold["questions"])):
                if not answer or question in used or len(answer) > 60:
                    continue
                if kind == "wrong":
                    is_number = answer[0].isdigit()
                    others = [a for p in self.by_title[gold["set"], gold["title"]] for _, a in p["questions"]
                              if a and a[0].isdigit() == is_number and a[0].isupper() == answer[0].isupper()
                              and len(a) <= 40 and not bag(a) & bag(answer) and not bag(a) & bag(question)
                              and a.lower() not in gold["text"].lower()]
                    if not others:
                        continue
                    made = statement(question, chance.choice(sorted(set(others))), language)
                else:
                    made = statement(question, answer, language)
                if made and len(made) > 25:
                    used.add(question)
                    return done(made, gold)
            return None
        if kind == "invented":
            subjects = [m.group() for s in gold["sentences"] for m in names(s)]
            if not subjects:
                return None
            return done(chance.choice(INVENTED[language]).format(chance.choice(subjects)), chance.choice(offered))
        if kind == "foreign":
            ids = {p["id"] for p in offered}
            pool = [p for p in self.passages if p["set"] == gold["set"] and p["language"] == language and p["id"] not in ids
                    and p["sentences"]]
            text = chance.choice(chance.choice(pool)["sentences"]) if pool else None
            marked = chance.choice(offered)
            if text is None or any(len(bag(text) & bag(p["text"])) > 0.6 * len(bag(text)) for p in offered):
                return None
            return done(self.reworded(text, language), marked)
        if kind in ("near", "far"):
            passage, text = self.base(offered, used, gold["title"])
            if text is None:
                return None
            wrong = [p for p in offered if p is not passage and (p["title"] == passage["title"]) == (kind == "near")
                     and len(bag(text) & bag(p["text"])) <= 0.7 * len(bag(text))]
            if not wrong:
                return None
            return done(self.reworded(text, language), chance.choice(wrong), text)
        if kind == "joined":
            pairs = [(p, a, b) for p in offered for a, b in zip(p["sentences"], p["sentences"][1:])
                     if a not in used and b not in used and p["text"].find(b) - p["text"].find(a) - len(a) in range(0, 3)]
            if not pairs:
                return None
            passage, first, second = chance.choice(pairs)
            return done(joined(first, second, language, chance), passage, first, second)
        for _ in range(6):
            passage, text = self.base(offered, used)
            if text is None:
                return None
            if kind in ("negation", "direction", "number", "unit", "name", "swap"):
                start = self.reworded(text, language)
            else:
                start = text
            if kind == "quote":
                made = text
            elif kind == "half":
                made = text[:-1] + chance.choice(ADDED[language]) + "."
            elif kind in ("name", "swap"):
                found = names(start)
                if not found:
                    continue
                if kind == "name":
                    others = {m.group() for p in self.passages if p["title"] != passage["title"] and p["set"] == passage["set"]
                              for s in p["sentences"] for m in names(s)}
                    others = {o for o in others if o not in passage["text"]}
                else:
                    others = {m.group() for s in passage["sentences"] if s != text for m in names(s)}
                made = swapped(start, chance.choice(found), others, chance)
            else:
                made = globals()[kind](start, language, chance)
            if made and (kind in GOOD or made != start):
                return done(made, passage, text)
        return None


def answers(claims, chance):
    """Three to five sentences an answer, good and bad mixed, markers before or after the full stop."""
    chance.shuffle(claims)
    while claims:
        # What starts with a list's mark stands on a line of its own.
        part, claims = claims[:4], claims[4:]
        if len(claims) == 1:
            part, claims = part + claims, []
        text = ""
        for claim in part:
            marker = f" [{claim['marker']}]"
            shown = claim["text"][:-1] + marker + "." if chance.random() < 0.6 else claim["text"] + marker
            gap = "\n" if claim["text"].startswith("- ") or text.split("\n")[-1].startswith("- ") else " "
            if gap == "\n" and not claim["text"].startswith("- "):
                gap = "\n\n"
            text += (gap if text else "") + shown
        yield text, part


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--sets", required=True, type=pathlib.Path)
    parser.add_argument("--half", choices=["reporting", "tuning"], default="reporting")
    parser.add_argument("--groups", type=int, default=52)
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--out", type=pathlib.Path)
    arguments = parser.parse_args()
    out = arguments.out or HERE / f"citations-{arguments.half}.jsonl"
    chance = random.Random(arguments.seed)
    passages = squad_like(arguments.sets / "squad", "en") + squad_like(arguments.sets / "squad-pt", "pt")
    passages += squad_like(arguments.sets / "faquad", "pt") + sample_course()
    passages = [p for p in passages if is_tuning(p["title"]) == (arguments.half == "tuning")]
    maker = Maker(passages, chance)
    shares = {"squad": 0.4, "squad-pt": 0.3, "faquad": 0.2, "corpus": 0.1}
    offered_once, cases = {}, []
    for name, share in shares.items():
        pool = [p for p in passages if p["set"] == name and p["questions"] and len(p["sentences"]) >= 3
                and len(p["text"]) <= LONGEST]
        chance.shuffle(pool)
        made = 0
        for gold in pool:
            if made >= round(arguments.groups * share):
                break
            offered = maker.group(gold)
            if not offered:
                continue
            made += 1
            claims = maker.claims(gold, offered, good=4, bad=4)
            for passage in offered:
                offered_once[passage["id"]] = {"passage": passage["id"], "title": passage["title"], "text": passage["text"]}
            for text, part in answers(claims, chance):
                cases.append({"case": f"c{len(cases):04}", "language": gold["language"],
                              "question": chance.choice(gold["questions"])[0], "passages": [p["id"] for p in offered],
                              "answer": text, "claims": part})
    with open(out, "w") as file:
        for item in list(offered_once.values()) + cases:
            file.write(json.dumps(item, ensure_ascii=False) + "\n")
    good, bad = ([sum(maker.counts.get(k, 0) for k in kinds)] for kinds in (GOOD, BAD))
    print(f"{out.name}: {len(cases)} answers, {good[0]} good and {bad[0]} bad sentences, {out.stat().st_size >> 10} KiB")
    print(json.dumps(maker.counts))


if __name__ == "__main__":
    main()
