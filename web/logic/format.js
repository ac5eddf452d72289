// Numbers, times and sizes as a reader of the page's language writes them.

const locales = { pt: "pt-BR", en: "en-GB" };
const units = ["B", "KB", "MB", "GB"];

/** @returns {object} functions that turn values into text; "–" for what is not known */
export function formatter(language) {
  const locale = locales[language] ?? language;
  const numbers = (options) => {
    const format = new Intl.NumberFormat(locale, options);
    return (value) => (Number.isFinite(value) ? format.format(value) : "–");
  };
  const times = (options) => {
    const format = new Intl.DateTimeFormat(locale, options);
    return (seconds) => (Number.isFinite(seconds) ? format.format(seconds * 1_000) : "–");
  };
  const short = numbers({ maximumFractionDigits: 1 });
  return {
    number: numbers({ maximumFractionDigits: 2 }),
    score: numbers({ minimumFractionDigits: 3, maximumFractionDigits: 3 }),
    percent: numbers({ style: "percent", maximumFractionDigits: 0 }),
    money: numbers({ style: "currency", currency: "USD", maximumFractionDigits: 4 }),
    date: times({ dateStyle: "medium" }),
    time: times({ dateStyle: "medium", timeStyle: "short" }),
    /** "2026-11-21" as a day; such days have no zone. */
    day: (text) => new Intl.DateTimeFormat(locale, { day: "numeric", month: "short", timeZone: "UTC" })
      .format(new Date(`${text}T00:00:00Z`)),
    seconds: (value) => (Number.isFinite(value) ? `${short(value)} s` : "–"),
    bytes: (value) => {
      if (!Number.isFinite(value)) return "–";
      const step = Math.min(units.length - 1, Math.floor(Math.log2(Math.max(1, value)) / 10));
      return `${short(value / 1024 ** step)} ${units[step]}`;
    },
  };
}

/** ISO 8601 week of a day, as the digest names it: `2026-W47`. */
export function isoWeek(date) {
  const day = new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth(), date.getUTCDate()));
  // Its Thursday decides the year a week belongs to.
  day.setUTCDate(day.getUTCDate() + 4 - (day.getUTCDay() || 7));
  const week = Math.ceil(((day - Date.UTC(day.getUTCFullYear(), 0, 1)) / 86_400_000 + 1) / 7);
  return `${day.getUTCFullYear()}-W${String(week).padStart(2, "0")}`;
}

/** Seconds since 1970 as the value of a `datetime-local` field, in this browser's zone; empty for none. */
export function toLocalField(seconds) {
  if (!Number.isFinite(seconds)) return "";
  const date = new Date(seconds * 1_000);
  return new Date(date.getTime() - date.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
}

/** The other way; null for an empty field. */
export function fromLocalField(text) {
  const time = text ? new Date(text).getTime() : NaN;
  return Number.isFinite(time) ? Math.floor(time / 1_000) : null;
}
