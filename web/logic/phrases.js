// Every sentence of the page in Portuguese and English. `{name}` is a gap.

const phrases = {
  pt: {
    "title": "Gepeto · assistente da disciplina",
    "skip": "Ir para a conversa",
    "course": "Disciplina",
    "language": "Idioma",
    "new": "Nova conversa",
    "welcome.title": "O que você quer entender?",
    "welcome.text":
      "As respostas vêm do material da disciplina, e cada afirmação aponta o trecho de onde saiu. " +
      "Quando o material não cobre o assunto, eu digo.",
    "welcome.start": "Para começar",
    "starter.1": "O que esta disciplina cobre?",
    "starter.2": "Como é calculada a nota final?",
    "starter.3": "O que é recursão? Dê um exemplo.",
    "conversation": "Conversa",
    "you": "Você",
    "gepeto": "Gepeto",
    "ask.label": "Sua pergunta",
    "ask.placeholder": "Escreva a sua pergunta",
    "ask.hint": "Enter envia, Shift+Enter quebra a linha",
    "ask.send": "Perguntar",
    "ask.cancel": "Parar",
    "ask.tooLong": "A pergunta passa de {most} caracteres: encurte-a um pouco.",
    "phase.sending": "Enviando a pergunta",
    "phase.queued": "Na fila",
    "phase.retrieving": "Procurando no material da disciplina",
    "phase.generating": "Escrevendo a resposta",
    "phase.sources": "Lendo {count} trechos do material",
    "phase.source": "Lendo um trecho do material",
    "phase.retrying": "Algo falhou; tentando de novo",
    "done.none": "Resposta pronta.",
    "done.one": "Resposta pronta, com uma fonte.",
    "done.many": "Resposta pronta, com {count} fontes.",
    "sources": "Fontes",
    "source.open": "Fonte {marker}: {title}. Ver o trecho.",
    "source.page": "página {page}",
    "source.slide": "slide {page}",
    "source.ocr": "texto reconhecido por OCR",
    "source.close": "Fechar",
    "source.heading": "Fonte {marker}",
    "source.quote": "Trecho citado",
    "source.unsupported": "Não foi possível confirmar que este trecho sustenta a frase. Confira antes de confiar.",
    "doubt.partly": "As fontes citadas sustentam só uma parte desta frase.",
    "doubt.unsupported": "As fontes citadas não sustentam esta frase.",
    "source.original": "Abrir o documento original",
    "source.missing": "O texto do trecho não veio com a resposta.",
    "note.ungrounded": "Fora do material da disciplina",
    "note.unsupported": "Sem apoio confirmado no material da disciplina",
    "note.quoted": "Citado do material da disciplina",
    "note.degraded": "Modelo de linguagem indisponível: citado do material da disciplina",
    "retry": "Perguntar de novo",
    "copy.code": "Copiar código",
    "copied": "Copiado",
    "connection.lost": "Sem conexão ao vivo: a resposta ainda chega, só que por outro caminho.",
    "error.offline": "O servidor não respondeu. Veja a sua conexão e tente de novo.",
    "error.signIn": "Este servidor pede que você entre com a sua conta antes de perguntar.",
    "error.tooMany": "Muitas perguntas seguidas. Espere {seconds} segundos e tente de novo.",
    "error.busy": "O serviço está cheio agora. Tente de novo em {seconds} segundos.",
    "error.cancelled": "Resposta interrompida a seu pedido.",
    "error.llm_unavailable": "O modelo de linguagem não está disponível agora. Tente de novo em alguns minutos.",
    "error.deadline_exceeded": "A resposta demorou demais e foi interrompida. Tente de novo.",
    "error.policy_denied": "As regras da disciplina não permitem responder a isto agora.",
    "error.course_unavailable": "A disciplina não está disponível. Escolha outra ou avise a equipe.",
    "error.internal": "Algo deu errado do nosso lado. Tente de novo; se continuar, avise a equipe da disciplina.",
    "error.history": "A conversa anterior não pôde ser lida. Uma nova foi começada.",
    "error.noCourse": "Ainda não há nenhuma disciplina. A equipe pode criar uma com “gepeto ingest”.",
  },
  en: {
    "title": "Gepeto · course assistant",
    "skip": "Skip to the conversation",
    "course": "Course",
    "language": "Language",
    "new": "New conversation",
    "welcome.title": "What would you like to understand?",
    "welcome.text":
      "Answers come from the course material, and each statement points to the passage it came from. " +
      "When the material does not cover something, I say so.",
    "welcome.start": "To begin with",
    "starter.1": "What does this course cover?",
    "starter.2": "How is the final grade calculated?",
    "starter.3": "What is recursion? Give an example.",
    "conversation": "Conversation",
    "you": "You",
    "gepeto": "Gepeto",
    "ask.label": "Your question",
    "ask.placeholder": "Write your question",
    "ask.hint": "Enter sends, Shift+Enter breaks the line",
    "ask.send": "Ask",
    "ask.cancel": "Stop",
    "ask.tooLong": "The question is longer than {most} characters: please shorten it.",
    "phase.sending": "Sending the question",
    "phase.queued": "In the queue",
    "phase.retrieving": "Searching the course material",
    "phase.generating": "Writing the answer",
    "phase.sources": "Reading {count} passages of the material",
    "phase.source": "Reading one passage of the material",
    "phase.retrying": "Something failed; trying again",
    "done.none": "Answer ready.",
    "done.one": "Answer ready, with one source.",
    "done.many": "Answer ready, with {count} sources.",
    "sources": "Sources",
    "source.open": "Source {marker}: {title}. Show the passage.",
    "source.page": "page {page}",
    "source.slide": "slide {page}",
    "source.ocr": "text recognised by OCR",
    "source.close": "Close",
    "source.heading": "Source {marker}",
    "source.quote": "Quoted passage",
    "source.unsupported":
      "It could not be confirmed that this passage supports the sentence. Check before you rely on it.",
    "doubt.partly": "The cited sources support only a part of this sentence.",
    "doubt.unsupported": "The cited sources do not support this sentence.",
    "source.original": "Open the original document",
    "source.missing": "The passage's text did not come with the answer.",
    "note.ungrounded": "Not covered by the course material",
    "note.unsupported": "Support in the course material not confirmed",
    "note.quoted": "Quoted from the course material",
    "note.degraded": "Language model unavailable: quoted from the course material",
    "retry": "Ask again",
    "copy.code": "Copy code",
    "copied": "Copied",
    "connection.lost": "No live connection: the answer still arrives, only by another way.",
    "error.offline": "The server did not answer. Check your connection and try again.",
    "error.signIn": "This server asks you to sign in before you ask.",
    "error.tooMany": "Too many questions in a row. Wait {seconds} seconds and try again.",
    "error.busy": "The service is full right now. Try again in {seconds} seconds.",
    "error.cancelled": "Answer stopped at your request.",
    "error.llm_unavailable": "The language model is not available right now. Try again in a few minutes.",
    "error.deadline_exceeded": "The answer took too long and was stopped. Try again.",
    "error.policy_denied": "The rules of this course do not allow an answer to this right now.",
    "error.course_unavailable": "The course is not available. Choose another one or tell the staff.",
    "error.internal": "Something went wrong on our side. Try again; if it goes on, tell the course staff.",
    "error.history": "The earlier conversation could not be read. A new one was begun.",
    "error.noCourse": "There is no course yet. Staff can make one with “gepeto ingest”.",
  },
};

export const languages = Object.keys(phrases);

/** The first language of `wanted` (BCP 47 tags, best first) that the page speaks; English otherwise. */
export function chooseLanguage(wanted) {
  return wanted.map((tag) => String(tag).slice(0, 2).toLowerCase()).find((tag) => tag in phrases) ?? "en";
}

/** A phrase book for one language: `say("phase.sources", {count: 3})`. */
export function phraseBook(language) {
  return (key, gaps = {}) => {
    const phrase = phrases[language]?.[key] ?? phrases.en[key] ?? key;
    return phrase.replace(/\{(\w+)\}/g, (gap, name) => String(gaps[name] ?? gap));
  };
}

/** All keys of a language: the test holds that both have the same. */
export function keysOf(language) {
  return Object.keys(phrases[language]);
}
