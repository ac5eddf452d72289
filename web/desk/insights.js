// The sheet of how a course is used: numbers, small charts, and the questions that found no good answer, by topic.

import { wholeDays } from "../logic/chart.js";
import { isoWeek } from "../logic/format.js";
import { element } from "../view/elements.js";
import { field } from "../view/fields.js";
import { saveAs } from "../view/save.js";
import { readDigest, readInsights } from "../wire/desk.js";
import { dayChart, trendChart } from "./charts.js";
import { attempt, button, empty, fill, heading } from "./parts.js";
import { topicNode } from "./topic.js";

export function insightsSheet(page, box) {
  const { say, format, course } = page;
  const choice = field({ name: "days", label: say("insights.days"), type: "select", value: "30",
    options: ["7", "30", "90"].map((days) => [days, say("insights.lastDays", { days })]) });
  const days = choice.querySelector("select");
  const content = element("div", { id: "insights" });
  days.addEventListener("change", read);
  box.replaceChildren(heading(say("desk.insights"), choice, button(say("insights.digest"), saveDigest)), content);

  function read() {
    return fill(content, page, async () => {
      const found = await readInsights(course.id, days.value);
      if (!found.questions) return empty(say("insights.none"));
      return [tiles(found), charts(wholeDays(found.days ?? [], found.from, found.until)), topics(found.topics ?? [])];
    });
  }

  function tiles(found) {
    const { up = 0, down = 0 } = found.ratings ?? {};
    const facts = [
      ["questions", format.number(found.questions)], ["answerRate", format.percent(found.answerRate)],
      ["refused", format.number(found.refused)], ["failed", format.number(found.failed)],
      ["median", format.seconds(found.medianSeconds)], ["p95", format.seconds(found.p95Seconds)],
      ["ratings", `${format.number(up)} / ${format.number(down)}`], ["cost", format.money(found.costUsd)],
    ];
    return element("dl", { class: "tiles" }, ...facts.map(([key, value]) =>
      element("div", {}, element("dt", { text: say(`insights.${key}`) }), element("dd", { text: value }))));
  }

  function charts(list) {
    if (!list.length) return element("div");
    return element("div", { class: "charts" },
      dayChart(page, say("insights.perDay"), list, ["answered", "refused"]),
      trendChart(page, say("insights.timePerDay"), list, "medianSeconds", format.seconds),
      trendChart(page, say("insights.costPerDay"), list, "costUsd", format.money));
  }

  function topics(list) {
    return element("section", {}, heading(say("topics.title")), element("p", { class: "soft", text: say("topics.about") }),
      ...(list.length ? [element("ul", { class: "topics" }, ...list.map((topic) => topicNode(page, topic, read)))]
        : [empty(say("topics.none"))]));
  }

  async function saveDigest() {
    const week = isoWeek(new Date());
    await attempt(page, async () => saveAs(await readDigest(course.id, week), `${course.id}-${week}.md`));
  }

  read();
  return {};
}
