// Numbers of days as the coordinates of a small drawing.

/**
 * Bars that stand on one another, one column a day.
 * @param {number[][]} columns of each day the parts, from the bottom up
 * @returns {{x: number, y: number, width: number, height: number, part: number, column: number}[]}
 */
export function stackedBars(columns, { width, height, gap = 0.25 }) {
  const most = Math.max(1, ...columns.map((parts) => parts.reduce((sum, part) => sum + part, 0)));
  const step = columns.length ? width / columns.length : width;
  return columns.flatMap((parts, column) => {
    let top = height;
    return parts.map((value, part) => {
      const tall = (value / most) * height;
      top -= tall;
      return { x: column * step + (step * gap) / 2, y: top, width: step * (1 - gap), height: tall, part, column };
    });
  });
}

/** The points of a line for an SVG `polyline`; days without a value (null) are left out. */
export function linePoints(values, { width, height }) {
  const known = values.filter((value) => Number.isFinite(value));
  const most = Math.max(...known, 0) || 1;
  const step = values.length ? width / values.length : width;
  const points = values
    .map((value, at) => (Number.isFinite(value) ? `${round((at + 0.5) * step)},${round(height - (value / most) * height)}` : null))
    .filter(Boolean);
  // A line of one point is not drawn; one that ends where it begins is a dot.
  return (points.length === 1 ? [points[0], points[0]] : points).join(" ");
}

/** Days of a chart at most. */
const mostDays = 400;

/**
 * Every day (by UTC) between two moments, in seconds since 1970; of those that the server left out nothing is known.
 * @param {{day: string}[]} days as `2026-11-21`, in any order
 */
export function wholeDays(days, from, until) {
  const known = new Map(days.map((day) => [day.day, day]));
  if (!Number.isFinite(from) || !Number.isFinite(until)) return days;
  const whole = [];
  for (let time = from; time <= until && whole.length < mostDays; time += 86_400) {
    const day = new Date(time * 1_000).toISOString().slice(0, 10);
    whole.push(known.get(day) ?? { day });
  }
  return whole;
}

/** What is written at the top of a scale. */
export const top = (values) => Math.max(0, ...values.filter((value) => Number.isFinite(value)));

const round = (number) => Math.round(number * 100) / 100;
