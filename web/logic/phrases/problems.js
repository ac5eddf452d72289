// What can go wrong, by the name that the server gives it: each phrase in Portuguese and English.

export const problems = {
  "locale": ["pt", "en"],
  "problem.400": ["O servidor não aceitou o que foi enviado:", "The server did not accept what was sent:"],
  "problem.404": ["Não foi encontrado:", "It was not found:"],
  "problem.409": ["Isto não é possível agora:", "This is not possible now:"],
  "problem.412": ["Algo mudou nesse meio-tempo:", "Something changed meanwhile:"],
  "problem.admin_only": ["Só a administração do servidor pode fazer isto.", "Only administrators of the server may do this."],
  "problem.backlog_full": [
    "Há perguntas demais na fila; nada foi guardado. Tente de novo em {seconds} segundos.",
    "Too many questions are waiting; nothing was stored. Try again in {seconds} seconds.",
  ],
  "problem.bad_password": [
    "Esta senha não serve: ao menos 10 caracteres, de mais de três tipos, e sem o nome de usuário dentro.",
    "This password will not do: at least 10 characters, more than three different ones, without the user name in it.",
  ],
  "problem.bad_user_name": [
    "O nome de usuário tem de 1 a 64 caracteres: letras sem acento, algarismos e . _ @ + -; começa com letra ou algarismo.",
    "A user name is 1 to 64 characters: a-z, digits and . _ @ + -; it begins with a letter or digit.",
  ],
  "problem.course_full": [
    "A disciplina já tem o máximo de participantes.",
    "The course has as many members as it can have.",
  ],
  "problem.course_exists": [
    "Já existe uma disciplina com este identificador; escolha outro.",
    "There is a course with this identifier already; choose another one.",
  ],
  "problem.course_unavailable": [
    "A disciplina não pode ser aberta agora. Tente mais tarde ou avise a equipe.",
    "The course cannot be opened just now. Try again later, or tell the staff.",
  ],
  "problem.disk_full": [
    "O disco do servidor está cheio e nada foi guardado. Avise quem cuida do servidor.",
    "The server's disk is full and nothing was stored. Tell whoever runs the server.",
  ],
  "problem.last_staff": [
    "A disciplina ficaria sem ninguém da equipe. Nomeie outra pessoa primeiro.",
    "The course would have no staff left. Make somebody else staff first.",
  ],
  "problem.limited_token": ["Esta entrada não serve para isso.", "This sign-in is not good for that."],
  "problem.maker_only": [
    "Só quem criou a disciplina, ou a administração, pode apagá-la.",
    "Only who made the course, or an administrator, can delete it.",
  ],
  "problem.no_courses": [
    "Você ainda não participa de nenhuma disciplina. Peça um convite à equipe.",
    "You are in no course yet. Ask the staff for an invitation.",
  ],
  "problem.no_local_accounts": [
    "Este servidor não tem contas próprias: entre pela página da sua disciplina.",
    "This server has no accounts of its own: come in by your course's page.",
  ],
  "problem.no_original": [
    "O arquivo original não está mais guardado; o trecho citado está acima.",
    "The original file is not kept any more; the quoted passage stands above.",
  ],
  "problem.not_failed": ["Só um documento que falhou pode ser lido de novo.", "Only a document that failed can be read again."],
  "problem.not_found": [
    "Isto não existe mais, ou não é seu.",
    "There is no such thing any more, or it is not yours.",
  ],
  "problem.not_of_an_account": [
    "Isto só é possível com uma conta deste servidor.",
    "This needs an account of this server.",
  ],
  "problem.not_only_yours": [
    "Esta pessoa também está em disciplinas de outros: só a administração do servidor pode dar a ela outra senha.",
    "This person is in other people's courses too: only an administrator of the server can reset their password.",
  ],
  "problem.other_course": [
    "Esta conversa é de outra disciplina; comece uma nova.",
    "This conversation is about another course; begin a new one.",
  ],
  "problem.password_change_required": [
    "Escolha primeiro a sua própria senha.",
    "Choose a password of your own first.",
  ],
  "problem.policy_changed": [
    "Outra pessoa mudou as regras nesse meio-tempo. Elas foram lidas de novo; confira e salve outra vez.",
    "Somebody else changed the settings meanwhile. They were read again; check them and save once more.",
  ],
  "problem.request_in_work": [
    "Este mesmo pedido ainda está em andamento; espere um instante.",
    "This very request is still in work; wait a moment.",
  ],
  "problem.session_over": ["Sua entrada não vale mais. Entre de novo.", "Your sign-in is over. Please sign in again."],
  "problem.sign_in_first": [
    "Entre primeiro pela sua instituição; depois abra o convite de novo.",
    "Sign in at your institution first; then open the invitation again.",
  ],
  "problem.several_files": ["Envie um arquivo por vez.", "Send one file at a time."],
  "problem.shutting_down": [
    "O servidor está reiniciando. Tente de novo em um instante.",
    "The server is restarting. Try again in a moment.",
  ],
  "problem.outcome_unknown": [
    "Não se sabe se isto foi gravado. Veja se já está aqui antes de enviar de novo.",
    "Nobody knows whether this was stored. Look whether it is here before you send it again.",
  ],
  "problem.staff_only": ["Só a equipe da disciplina pode fazer isto.", "Only the staff of the course may do this."],
  "problem.too_many_members": [
    "É gente demais de uma vez; divida a lista.",
    "These are too many people at once; split the list.",
  ],
  "problem.too_many_rules": [
    "A disciplina já tem regras para documentos demais; tire algumas antes.",
    "The course has rules for too many documents already; remove some first.",
  ],
  "problem.too_many_tries": [
    "Tentativas demais. Espere {seconds} segundos e tente de novo.",
    "Too many tries. Wait {seconds} seconds and try again.",
  ],
  "problem.too_many_uploads": [
    "Há muitos arquivos chegando agora; tente este de novo em um instante.",
    "Many files are arriving just now; send this one again in a moment.",
  ],
  "problem.too_slow": ["O servidor demorou demais. Tente de novo.", "The server took too long. Try again."],
  "problem.unknown_conversation": [
    "Esta conversa não existe mais; comece uma nova.",
    "This conversation is not there any more; begin a new one.",
  ],
  "problem.unknown_course": [
    "Esta disciplina não existe, ou você não participa dela.",
    "There is no such course, or you are not in it.",
  ],
  "problem.unknown_invitation": [
    "Este convite não vale mais, ou já foi todo usado. Peça outro à equipe.",
    "This invitation is not good any more, or is used up. Ask the staff for another one.",
  ],
  "problem.unknown_user": ["Não há conta com este nome.", "There is no account of this name."],
  "problem.upload_empty": [
    "O arquivo está vazio. Veja se foi salvo por inteiro.",
    "The file is empty. Check that it was saved completely.",
  ],
  "problem.upload_too_large": [
    "O arquivo passa de 100 MB; divida-o em partes.",
    "The file has more than 100 MB; split it into parts.",
  ],
  "problem.user_name_taken": [
    "Este nome de usuário já está em uso; escolha outro.",
    "This user name is taken; choose another one.",
  ],
  "problem.version_required": [
    "Abra as regras de novo antes de salvá-las.",
    "Open the settings again before you save them.",
  ],
  "problem.wrong_credentials": ["Usuário ou senha não conferem.", "User name and password do not match."],
  "problem.wrong_password": ["A senha não confere.", "The password is not right."],
  "denied.until": ["Fechada até {until}.", "Closed until {until}."],
  "denied.course_locked": [
    "A disciplina está fechada por causa de uma prova até {until}; volte depois.",
    "The course is closed for an exam until {until}; come back after it.",
  ],
  "denied.mode_not_allowed": [
    "A equipe não permite este modo na disciplina; escolha entre: {modes}.",
    "The staff do not allow this mode in the course; choose one of: {modes}.",
  ],
  "denied.unknown_assignment": [
    "Este trabalho não existe mais na disciplina; escolha outro.",
    "The course has no such assignment any more; choose another one.",
  ],
  "denied.assignment_needed": [
    "Escolha primeiro para qual trabalho quer a dica: {assignments}.",
    "Choose first for which assignment you want the hint: {assignments}.",
  ],
  "denied.questions_spent": [
    "Você já fez as {limit} perguntas que a disciplina permite em 24 horas; pergunte de novo mais tarde.",
    "You have asked the {limit} questions that the course allows within 24 hours; ask again later.",
  ],
  "denied.hints_spent.day": [
    "Você já recebeu as {limit} dicas que a disciplina permite em 24 horas; peça de novo mais tarde.",
    "You have had the {limit} hints that the course allows within 24 hours; ask again later.",
  ],
  "denied.hints_spent.assignment": [
    "Você já recebeu todas as {limit} dicas de “{assignment}”; tente por conta própria ou fale com a equipe.",
    "You have had all {limit} hints for “{assignment}”; try it yourself, or ask the staff.",
  ],
  "denied.cost_reached.day": [
    "A disciplina já gastou o que suas respostas podem custar em 24 horas; pergunte de novo mais tarde.",
    "The course has used up what its answers may cost in 24 hours; ask again later.",
  ],
  "denied.cost_reached.month": [
    "A disciplina já gastou o que suas respostas podem custar em 30 dias; fale com a equipe.",
    "The course has used up what its answers may cost in 30 days; tell the staff.",
  ],
  "reason.ingest_empty": ["O arquivo está vazio. Veja se foi salvo por inteiro.", "The file is empty. Check that it was saved completely."],
  "reason.ingest_unsupported": [
    "Este tipo de arquivo não é lido. Salve como PDF, ou em um dos formatos da lista acima.",
    "Files of this kind are not read. Save it as PDF, or in one of the formats listed above.",
  ],
  "reason.ingest_encrypted": [
    "O arquivo está protegido (senha ou cópia proibida). Salve uma cópia sem a proteção e envie essa.",
    "The file is protected (a password, or against copying). Save a copy without it and send that.",
  ],
  "reason.ingest_broken": [
    "O arquivo está danificado ou cortado. Abra no programa de origem, salve de novo e envie outra vez.",
    "The file is damaged or cut off. Open it in its own program, save it again and send that.",
  ],
  "reason.ingest_crashed": [
    "O leitor não conseguiu terminar este arquivo. Imprima em um novo PDF e envie esse.",
    "The reader failed at this file. Print it to a new PDF and send that.",
  ],
  "reason.ingest_too_large": ["O documento é grande demais. Divida em partes.", "The document is too large. Split it into parts."],
  "reason.ingest_timed_out": [
    "A leitura demorou demais. Divida o documento em partes.",
    "Reading took too long. Split the document into parts.",
  ],
  "reason.ingest_out_of_memory": [
    "A leitura precisaria de memória demais. Divida o documento em partes.",
    "Reading would take too much memory. Split the document into parts.",
  ],
  "reason.ingest_no_text": [
    "Não há texto: é uma digitalização, está em branco ou só tem imagens. Envie uma versão com texto.",
    "There is no text: it is a scan, blank, or pictures only. Send a version with text.",
  ],
  "reason.ingest_unreadable": ["O arquivo não pôde ser lido no servidor. Tente de novo.", "The server could not read the file. Try again."],
  "reason.ingest_missing_tool": [
    "Falta um programa no servidor. Avise quem cuida dele.",
    "A program is missing on the server. Tell whoever runs it.",
  ],
  "reason.ingest_self_check_failed": [
    "O documento foi lido, mas suas frases não foram encontradas na busca. Tente de novo; se continuar, avise quem cuida do servidor.",
    "The document was read, but its sentences were not found by a search. Try again; if it goes on, tell whoever runs the server.",
  ],
  "reason.ingest_changed_meanwhile": ["O arquivo mudou durante a leitura. Envie de novo.", "The file changed while it was read. Send it again."],
  "reason.ingest_original_not_kept": ["O original não pôde ser guardado. Tente de novo.", "The original could not be stored. Try again."],
  "reason.ingest_not_prepared": ["O documento não pôde ser preparado para a busca. Tente de novo.", "The document could not be prepared for the search. Try again."],
};
