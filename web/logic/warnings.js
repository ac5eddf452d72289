// What a reader of documents warns of, in Portuguese. The server writes these sentences in English, with the numbers and
// names of the file in them; one that is not known here is shown as it is.

const portuguese = [
  [/^Hidden text was left out\.$/, "O texto oculto ficou de fora."],
  [/^White text was kept;/, "Há texto branco, que foi lido; confira se aparece na página."],
  [/^There are tracked changes;/, "Há alterações controladas; o texto foi lido como se todas fossem aceitas."],
  [/^A reviewer's comment was left out\.$/, "Um comentário de revisor ficou de fora."],
  [/^(\d+) reviewers' comments (?:were )?left out\.$/, "$1 comentários de revisores ficaram de fora."],
  [/^(\d+) cell comments? (?:was|were) left out\.$/, "Comentários de células que ficaram de fora: $1."],
  [/^(\d+) hidden rows? (?:was|were) left out\.$/, "Linhas ocultas que ficaram de fora: $1."],
  [/^(\d+) hidden columns? (?:was|were) left out\.$/, "Colunas ocultas que ficaram de fora: $1."],
  [/^The sheets? (.+) (?:is|are) hidden and left out\.$/, "Planilhas ocultas que ficaram de fora: $1."],
  [/^The sheets? (.+) (?:is|are) damaged and not read completely\./, "Planilhas danificadas, lidas só em parte: $1. Salve o arquivo de novo."],
  [/^The sheets? (.+) (?:is|are) too large and not read\./, "Planilhas grandes demais, que não foram lidas: $1. Envie o que importa em um arquivo menor."],
  [/^An embedded (?:document|object) was not read/, "Um objeto embutido não foi lido; envie-o como arquivo próprio."],
  [/^(\d+) embedded (?:objects|files) (?:were )?not read/, "$1 objetos embutidos não foram lidos; envie-os como arquivos próprios."],
  [/^A formula of an old equation editor/, "Uma fórmula de um editor de equações antigo é uma imagem e não foi lida."],
  [/^The file is damaged; what could be read/, "O arquivo está danificado; foi lido o que era possível."],
  [/^1 file is attached to the PDF/, "Há um arquivo anexado ao PDF, que não foi lido. Envie-o à parte se for da disciplina."],
  [/^(\d+) files are attached to the PDF/, "Há $1 arquivos anexados ao PDF, que não foram lidos. Envie-os à parte se forem da disciplina."],
  [/^1 chapter of the book is missing/, "Um capítulo do livro falta ou está danificado."],
  [/^(\d+) chapters of the book are missing/, "$1 capítulos do livro faltam ou estão danificados."],
  [/^Parts that are in other files were not read: (.+)\. Load these files too\.$/, "Partes que estão em outros arquivos não foram lidas: $1. Envie esses arquivos também."],
  [/^Text that the page's style sheet hides was kept;/, "O texto que a folha de estilo esconde foi lido; confira se os estudantes podem encontrá-lo."],
  [/^The output of (\d+) cells? /, "A saída de $1 células era longa demais e foi cortada."],
  [/^(\d+) hidden objects? (?:was |were )?left out\.$/, "Objetos ocultos que ficaram de fora: $1."],
];

/** @returns {string|null} null for what is not known in that language */
export function warningIn(language, text) {
  if (language !== "pt") return language === "en" ? text : null;
  const found = portuguese.find(([pattern]) => pattern.test(text));
  return found ? text.match(found[0])[0].replace(found[0], found[1]) : null;
}
