// One change to the rules of a course, made at once upon the rules as they stand at the server.

import { wholePolicies } from "../logic/policies.js";
import { readPolicies } from "../wire/api.js";
import { putPolicies } from "../wire/desk.js";

/** Times a change is made anew when somebody else, or an upload, changed the rules in between. */
const mostTries = 3;

/**
 * @param {(rules: object) => object} change applied to the newest rules: it must not rest on older ones
 * @returns {Promise<object>} the rules as they are then
 * @throws {Problem}
 */
export async function changeRules(course, change) {
  for (let tries = 1; ; tries += 1) {
    const rules = wholePolicies(await readPolicies(course));
    try {
      return wholePolicies(await putPolicies(course, change(rules)));
    } catch (problem) {
      if (problem.status !== 412 || tries >= mostTries) throw problem;
    }
  }
}
