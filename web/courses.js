// The courses of this person, the one that is chosen, and making a new one.

import { recall } from "./memory.js";
import { byId, element } from "./view/elements.js";
import { askInDialog } from "./view/form-dialog.js";
import { readCourses } from "./wire/api.js";
import { createCourse } from "./wire/desk.js";

/** @param {{chosen(id)}} listener called when the user takes another course */
export function courseChoice(page, { chosen }) {
  const select = byId("course");
  let all = [];
  let current = null;

  /** What this person is in a course: their membership; admins and the user of an open server are staff everywhere. */
  function roleIn(id) {
    const { standing, courses = [] } = page.me;
    return standing === "admin" ? "staff" : courses.find((one) => one.id === id)?.role ?? "student";
  }

  async function read() {
    all = (await readCourses()).map((course) => ({ ...course, role: roleIn(course.id) }));
    select.replaceChildren(...all.map(({ id, title }) => element("option", { value: id, text: title || id })));
    byId("course-choice").hidden = all.length < 2;
  }

  const mayMake = () => page.me.standing !== "student";

  async function make() {
    const made = await askInDialog(page, {
      title: page.say("course.new"), action: page.say("course.make"),
      fields: [
        { name: "title", label: page.say("course.title"), required: true, maxlength: "120" },
        { name: "id", label: page.say("course.id"), required: true, pattern: "[a-z0-9][a-z0-9\\-]{0,62}", hint: page.say("course.idHint"), autocapitalize: "none" },
      ],
      work: ({ id, title }) => createCourse({ id, title }),
    });
    if (!made) return;
    // Whoever makes a course is its staff.
    page.me.courses = [...(page.me.courses ?? []), { id: made.values.id, title: made.values.title, role: "staff" }];
    await read();
    location.hash = `#/c/${made.values.id}/desk/materials`;
  }

  select.addEventListener("change", () => chosen(select.value));
  byId("new-course").addEventListener("click", make);

  return {
    read,
    get all() { return all; },
    get current() { return current; },
    get mayMake() { return mayMake(); },
    /** The course of that name, else the one of before, else the first; null when there is none. */
    choose(id) {
      const named = (name) => all.find((course) => course.id === name);
      current = named(id) ?? named(current?.id) ?? named(recall().course) ?? all[0] ?? null;
      if (current) select.value = current.id;
      return current;
    },
  };
}
