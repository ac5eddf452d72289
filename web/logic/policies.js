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

/** What the fields of the form say of rules, by the names that `valuesOf` gives them. */
export function fieldsOf(policies) {
  const rules = wholePolicies(policies);
  const { language, whenCostReached, hintsPerDay, questionsPerDay, dailyCostUsd, monthlyCostUsd, newDocuments } = rules;
  return {
    language, whenCostReached, hintsPerDay, questionsPerDay, dailyCostUsd, monthlyCostUsd, unsupported: rules.unsupported ?? "",
    ...(newDocuments ? { newDocuments } : {}), ...Object.fromEntries(modes.map((mode) => [`mode-${mode}`, rules.modes.includes(mode)])),
  };
}

/** Those of `values` that are not as they were in `before`. */
export const edited = (before, values) =>
  Object.fromEntries(Object.entries(values).filter(([name, value]) => name in before && value !== before[name]));

/**
 * The rules after some of the fields were changed, with all else as it stands: locks, assignments, documents, and the
 * `version` by which the server sees that nobody else changed them meanwhile.
 */
export function withFields(policies, changes) {
  const values = { ...fieldsOf(policies), ...changes };
  const { language, whenCostReached, hintsPerDay, questionsPerDay, dailyCostUsd, monthlyCostUsd, newDocuments } = values;
  return {
    ...wholePolicies(policies), language, whenCostReached, hintsPerDay, questionsPerDay, dailyCostUsd, monthlyCostUsd,
    unsupported: values.unsupported || null, modes: modes.filter((mode) => values[`mode-${mode}`]),
    ...(newDocuments ? { newDocuments } : {}),
  };
}

/** The moment that stands for "hidden until staff release it": the last second of the year 9999. */
export const never = 253_402_300_799;

/** What the rules say of a document. */
export const ruleOf = (policies, id) => ({ availableFrom: null, quotable: true, ...policies.documents[id] });

/** How its date is shown. @returns {"visible"|"hidden"|"from"} */
export function releaseOf({ availableFrom }) {
  if (availableFrom === null) return "visible";
  return availableFrom >= never ? "hidden" : "from";
}

/** A document's rule changed; one that says nothing special is left out. */
export function withDocument(policies, id, { availableFrom, quotable }) {
  const documents = { ...policies.documents };
  if (availableFrom === null && quotable) delete documents[id];
  else documents[id] = { availableFrom, quotable };
  return { ...policies, documents };
}

/** The rules with `assignment` in the place of the one of its id, or at the end. */
export function withAssignment(policies, assignment) {
  const at = policies.assignments.findIndex(({ id }) => id === assignment.id);
  const assignments = at < 0 ? [...policies.assignments, assignment] : policies.assignments.with(at, assignment);
  return { ...policies, assignments };
}

/** Of several assignments one whose hints are counted and that names no document: under it one gets hints for another. */
export const openBudget = (assignments) => (assignments.length < 2 ? undefined
  : assignments.find(({ hintBudget, documents }) => Number.isFinite(hintBudget) && !documents.length));

export const withoutAssignment = (policies, id) =>
  ({ ...policies, assignments: policies.assignments.filter((one) => one.id !== id) });

/** Whether two locks are the same one: they have no name of their own. */
const same = (one, other) => one.from === other.from && one.until === other.until && (one.message ?? "") === (other.message ?? "");

/** The lock that holds at a moment, in seconds since 1970; of several the one that lasts longest. */
export const lockAt = (policies, now) => policies.locks.filter(({ from, until }) => from <= now && now < until)
  .sort((one, other) => other.until - one.until)[0] ?? null;

export const withLock = (policies, lock) => ({ ...policies, locks: [...policies.locks.filter((one) => !same(one, lock)), lock] });
export const withoutLock = (policies, lock) => ({ ...policies, locks: policies.locks.filter((one) => !same(one, lock)) });

/** A name for an assignment made from its title, that no other has. */
export function assignmentId(title, taken) {
  const base = title.normalize("NFD").replace(/[\u0300-\u036f]/g, "").toLowerCase()
    .replace(/[^a-z0-9]+/g, "-").replace(/^-|-$/g, "").slice(0, 40) || "assignment";
  for (let count = 1; ; count += 1) {
    const id = count === 1 ? base : `${base}-${count}`;
    if (!taken.includes(id)) return id;
  }
}
