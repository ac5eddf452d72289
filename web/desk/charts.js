// Small drawings of days, each with its numbers as a table for who does not see it.

import { linePoints, stackedBars, top } from "../logic/chart.js";
import { drawing, element } from "../view/elements.js";
import { table } from "./parts.js";

const size = { width: 320, height: 90 };

/** Bars of the questions of each day, the parts on one another. */
export function dayChart(page, title, days, parts) {
  const { say, format } = page;
  const columns = days.map((day) => parts.map((part) => day[part] ?? 0));
  const bars = stackedBars(columns, size).filter(({ height }) => height > 0)
    .map(({ part, column, ...place }) => drawing("rect", { class: `part-${parts[part]}`, ...place },
      drawing("title", { text: `${format.day(days[column].day)}: ${columns[column][part]} ${say(`insights.${parts[part]}`)}` })));
  const legend = element("p", { class: "legend", "aria-hidden": "true" },
    ...parts.map((part) => element("span", { class: `key part-${part}`, text: say(`insights.${part}`) })));
  const most = Math.max(0, ...columns.map((column) => column.reduce((sum, value) => sum + value, 0)));
  return figure(page, title, days, parts, bars, format.number(most), (day, part) => format.number(day[part]), [legend]);
}

/** A line of one number of each day. */
export function trendChart(page, title, days, name, write) {
  const values = days.map((day) => day[name]);
  const line = drawing("polyline", { points: linePoints(values, size), class: "trend" });
  return figure(page, title, days, [name], [line], write(top(values)), (day, part) => write(day[part]));
}

function figure({ say, format }, title, days, parts, marks, most, cell, more = []) {
  const picture = drawing("svg", { viewBox: `-2 -4 ${size.width + 4} ${size.height + 8}`, role: "img", "aria-label": title,
    preserveAspectRatio: "none" }, drawing("line", { class: "axis", x1: 0, x2: size.width, y1: size.height, y2: size.height }), ...marks);
  const rows = days.map((day) => [format.day(day.day), ...parts.map((part) => cell(day, part))]);
  const columns = [say("insights.day"), ...parts.map((part) => say(`insights.${part}`))];
  return element("figure", { class: "chart" }, element("figcaption", { text: title }),
    element("p", { class: "most", text: most }), picture, ...more,
    element("p", { class: "ends", "aria-hidden": "true" }, element("span", { text: format.day(days[0].day) }),
      element("span", { text: format.day(days.at(-1).day) })),
    element("details", {}, element("summary", { text: say("insights.asTable") }), table(title, columns, rows)));
}
