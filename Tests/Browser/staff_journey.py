"""What staff do with the page, in a real Chromium: make a course, bring files in, test the search, set rules, add members,
invite, look at what students asked and answer it.

    python Tests/Browser/staff_journey.py http://127.0.0.1:8000 --user rui --password … --file aula.pdf [--pictures FOLDER]
"""

import pathlib
import sys
import tempfile

from journey import Traveller, change_first_password, sign_in, travel
from page_check import Failed, check
from selenium.webdriver.common.by import By

BROKEN = "broken-aula.pdf"


def comes_in(page, axe, options):
    page.open()
    if options.user:
        sign_in(page, options.user, options.password)
        change_first_password(page, axe, options.password, options.own)
    page.appears("#chat")


def makes_course(page, axe):
    if page.there("#to-desk"):
        page.run("document.querySelector('#to-desk').click()")
    page.press("Nova disciplina", "header")
    page.fill("Nome", "Cálculo I")
    page.fill("Identificador", "calculo-1")
    axe.look("the dialog of a new course", ("light", "dark"))
    page.press("Criar disciplina")
    page.appears("#desk-title", "Cálculo I")
    check(page.there(".drop"), "a new course opens where files are brought in")


def brings_files(page, axe, options):
    page.appears("#documents")
    axe.look("materials")
    with tempfile.TemporaryDirectory() as folder:
        broken = pathlib.Path(folder) / BROKEN
        broken.write_bytes(b"%PDF-1.4\nthis ends before it begins")
        page.driver.find_element(By.ID, "files").send_keys(f"{options.file.resolve()}\n{broken}")
        page.appears(".uploads li", options.file.name)
        page.picture("uploading")
        page.appears(".uploads li[data-state=ready]", options.file.name, 180)
        page.appears(".uploads li[data-state=failed]", BROKEN, 180)
    reason = page.text(".uploads li[data-state=failed] .upload-state")
    check(len(reason) > 20, f"a file that cannot be read says why ({reason[:60]}…)")
    page.appears("#documents .state.ready")
    page.appears("#documents .state.failed")
    axe.look("documents and uploads")
    page.both("materials")


def looks_closer(page, axe, options):
    page.press(f"Relatório de {options.file.name}")
    page.appears("dialog .facts")
    axe.look("a report", ("light", "dark", "phone"))
    page.picture("report")
    page.press("Fechar")
    page.press(f"Trechos de {options.file.name}")
    page.appears("dialog .chunk-text")
    page.picture("chunks")
    page.press("Fechar")
    check(True, "the report and the passages of a document can be read")
    page.press(f"Apagar {BROKEN}")
    page.press("Apagar")
    page.wait("it is gone", lambda: BROKEN not in page.text("#documents"))
    check(True, "a document can be deleted")


def tests_search(page, axe, options):
    page.press("Teste de busca", "#desk-tabs")
    page.fill("Pergunta", options.query)
    page.press("Procurar")
    page.appears("#found .reasons meter")
    parts = page.run("return [...document.querySelector('#found .reasons').querySelectorAll('dt')].map((node) => node.textContent)")
    check(len(parts) >= 2, f"the search says why a passage ranks ({', '.join(parts)})")
    axe.look("the search test")
    page.both("search")


def adds_members(page, axe):
    """@returns the link of an invitation"""
    page.press("Participantes", "#desk-tabs")
    page.appears("#members")
    page.press("Lista CSV")
    page.fill("Ou cole as linhas", "user,name,role\nbia,Bia Souza,student\nleo,Leo Reis,staff")
    page.press("Acrescentar todos")
    page.appears("dialog .copyable output", "bia")
    check("leo" in page.text("dialog .copyable output"), "people come by CSV and get a password of their own")
    page.press("Fechar")
    page.appears("#members", "Bia Souza")
    axe.look("members")
    page.press("Nova senha para Bia Souza")
    page.press("Nova senha")
    page.appears("dialog .copyable output", "bia")
    page.press("Fechar")
    role = "const s = document.querySelector('[aria-label=\"Papel de Bia Souza\"]');"
    change = role + "s.value = 'staff'; s.dispatchEvent(new Event('change'));"
    page.run(change)
    page.appears("dialog", "Pôr Bia Souza na equipe?")
    axe.look("a role is asked about", ("light", "dark", "phone"))
    page.picture("role")
    page.press("Cancelar")
    check(page.run(role + "return s.value") == "student", "a role is asked about before it changes, and stays when the answer is no")
    page.run(change)
    page.press("Mudar o papel")
    page.appears(".told", "Papel mudado")
    check(True, "what was done is told where everybody sees it")
    page.wait("she is staff", lambda: page.run(role + "return s?.value") == "staff")
    page.press("Novo convite")
    page.press("Novo convite")
    page.appears("dialog .copyable output", "http")
    link = page.text("dialog .copyable output")
    page.press("Fechar")
    page.both("members")
    page.press("Retirar Leo Reis")
    page.press("Retirar")
    page.wait("he is gone", lambda: "Leo Reis" not in page.text("#members"))
    check(True, "a member can be removed")
    page.run("document.querySelector('[data-sheet=members] > details summary').click()")
    page.appears("[data-sheet=members] > details td", "Mudou participantes")
    axe.look("what staff changed", ("light", "phone dark"))
    page.picture("trail")
    check(True, "what staff changed is written down, in words")
    return link


def sets_rules(page, axe, options):
    page.press("Regras", "#desk-tabs")
    page.appears("#rules-form")
    page.fill("Perguntas por estudante e dia", "40")
    page.press("Novo trabalho")
    page.fill("Nome", "Lista 0")
    page.press("Marcar todos")
    axe.look("the dialog of an assignment", ("light", "dark", "phone"))
    page.picture("assignment")
    page.press("Novo trabalho")
    page.appears(".told", "Salvo")
    page.press("Mudar Lista 0")
    page.fill("Nome", "Lista 1")
    page.fill("Dicas", "2")
    page.press("Salvar")
    page.appears("#desk-sheet table", "Lista 1")
    check("Lista 0" not in page.text("#desk-sheet"), "an assignment can be changed, with its documents picked by one button")
    page.press("Nova prova")
    page.fill("De", "2030-01-01T10:00")
    page.fill("Até", "2030-01-01T09:00")
    page.press("Nova prova")
    page.appears("dialog .problem", "fim")
    page.fill("Até", "2030-01-01T12:00")
    page.press("Nova prova")
    page.vanishes("dialog.asking")
    page.appears("#desk-sheet table", "2030")
    page.fill("Socrático: uma pergunta por vez", False)
    page.fill(f"{options.file.name}: pode ser citado", False)
    page.fill(f"{options.file.name}: para os estudantes", "hidden")
    page.appears(".unsaved", "não salvas")
    check(page.run("return document.querySelector('#rules-form').elements.questionsPerDay.value") == "40",
          "what is saved at once leaves what is not saved yet as it is")
    axe.look("settings with unsaved changes")
    page.both("rules")
    page.press("Participantes", "#desk-tabs")
    page.appears("dialog", "Sair sem salvar?")
    axe.look("leaving without saving", ("light", "dark", "phone"))
    page.press("Cancelar")
    check(page.there("#rules-form") and "rules" in page.driver.current_url, "leaving with unsaved changes is asked about")
    page.press("Salvar as regras")
    page.appears(".told", "Salvo")
    page.wait("nothing is unsaved", lambda: page.text(".unsaved") == "")
    page.driver.refresh()
    page.appears("#desk-sheet table", "Lista 1")
    kept = page.run("""
        const form = document.querySelector('#rules-form');
        const release = document.querySelector(`[aria-label="${arguments[0]}: para os estudantes"]`).value;
        return [form.elements.questionsPerDay.value, form.elements['mode-socratic'].checked, release,
                document.querySelector('#desk-sheet').textContent.includes('2030')];""", options.file.name)
    check(kept == ["40", False, "hidden", True], f"rules are kept over a reload {kept}")
    page.press("Materiais", "#desk-tabs")
    page.press(f"Liberar {options.file.name}")
    page.press("Liberar")
    page.appears(".told", "liberado")
    check(True, "a hidden document is released by one button")
    page.press("Regras", "#desk-tabs")
    page.appears("#rules-form")


def sees_insights(page, axe, options):
    page.press("Panorama", "#desk-tabs")
    page.appears("#insights .tiles, #insights .soft, #insights .problem")
    check(not page.there("#insights .problem"), "insights can be read")
    axe.look("insights")
    page.both("insights")
    if not page.there("[data-topic] button"):
        return
    page.run("document.querySelector('[data-topic] button').click()")
    page.fill("Resposta (Markdown)", "O trabalho pode ser entregue com atraso de até três dias, com desconto de um ponto por dia.")
    page.picture("topic")
    page.press("Publicar")
    page.appears("[data-topic]", "Respondido")
    check(True, "a topic is answered, and the answer becomes a document")


def is_joined(page, link, options):
    """Somebody opens the invitation in a browser of their own."""
    guest = Traveller(options.url, options.pictures, "guest")
    try:
        guest.url = link
        guest.driver.get(link)
        guest.appears("#gate", "Você foi convidado")
        guest.picture("invitation")
        guest.fill("Usuário", "davi")
        guest.fill("Seu nome", "Davi Nunes")
        guest.fill("Nova senha", "uma frase comprida")
        guest.press("Criar conta e entrar")
        guest.appears("#chat #welcome")
        check(not guest.there("#to-desk"), "an invited student is in, and sees no desk")
    finally:
        guest.driver.quit()


def journey(page, axe, options):
    if not options.file or not options.file.exists():
        raise Failed("--file must name a document to upload")
    comes_in(page, axe, options)
    makes_course(page, axe)
    brings_files(page, axe, options)
    looks_closer(page, axe, options)
    tests_search(page, axe, options)
    link = adds_members(page, axe) if options.user else None
    sets_rules(page, axe, options)
    sees_insights(page, axe, options)
    check(page.fits(), "nothing is wider than the window of 320 px")
    complaints = page.complaints()
    check(not complaints, f"the console is silent {complaints or ''}".strip())
    if link:
        is_joined(page, link, options)


def more(arguments):
    arguments.add_argument("--file", type=pathlib.Path, help="a document to bring in")
    arguments.add_argument("--query", default="caso base da recursão")


if __name__ == "__main__":
    sys.exit(travel("staff", __doc__, journey, more))
