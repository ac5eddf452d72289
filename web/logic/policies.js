// The rules of a course: what the form of them holds, and back.

export const modes = ["answer", "hint", "socratic", "quiz"];

const standard = {
  language: "auto", modes, unsupported: null, whenCostReached: "extractive", locks: [], documents: {}, assignments: [],
  hintsPerDay: null, questionsPerDay: null, dailyCostUsd: null, monthlyCostUsd: null,
};

/** Rules with nothing missing, whatever the server left out. */
export function wholePolicies(policies = {}) {
  const given = Object.entries(policies ?? {}).filter(([, value]) => value !== undefined && value !== null);
  return { ...standard, ...Object.fromEntries(given) };
}

/** The modes a student may choose; at least to be answered. */
export function allowedModes(policies) {
  const allowed = modes.filter((mode) => wholePolicies(policies).modes.includes(mode));
  return allowed.length ? allowed : ["answer"];
}

/**
 * The rules after the fields of the form (`valuesOf`), with what the form does not show (documents, locks, assignments,
 * and the `version` by which the server sees that nobody else changed them meanwhile) as it stands.
 */
export function withFields(policies, values) {
  return {
    ...wholePolicies(policies), language: values.language, unsupported: values.unsupported || null,
    whenCostReached: values.whenCostReached,
    modes: modes.filter((mode) => values[`mode-${mode}`]),
    hintsPerDay: values.hintsPerDay, questionsPerDay: values.questionsPerDay,
    dailyCostUsd: values.dailyCostUsd, monthlyCostUsd: values.monthlyCostUsd,
  };
}

/** A document's rule changed; one that says nothing special is left out. */
export function withDocument(policies, id, { availableFrom, quotable }) {
  const documents = { ...policies.documents };
  if (availableFrom === null && quotable) delete documents[id];
  else documents[id] = { availableFrom, quotable };
  return { ...policies, documents };
}

/** A name for an assignment made from its title, that no other has. */
export function assignmentId(title, taken) {
  const base = title.normalize("NFD").replace(/[\u0300-\u036f]/g, "").toLowerCase()
    .replace(/[^a-z0-9]+/g, "-").replace(/^-|-$/g, "").slice(0, 40) || "assignment";
  for (let count = 1; ; count += 1) {
    const id = count === 1 ? base : `${base}-${count}`;
    if (!taken.includes(id)) return id;
  }
}
