// The page's own words in two languages. What the model says of itself is said as it says it, in Chinese with the words that
// reports have for it.
import en from "./texts/en.json";
import zh from "./texts/zh.json";
import { data } from "./model.js";
import { state } from "./state.js";

export const languages = { en, zh };

export const language = () => state.language || (navigator.language.toLowerCase().startsWith("zh") ? "zh" : "en");

/** A text with its gaps filled: t("memory.fits", { left, capacity }). */
export function t(key, gaps = {}) {
  const text = languages[language()][key] ?? en[key] ?? key;
  return text.replace(/\{(\w+)\}/g, (_, name) => gaps[name]);
}
export const has = (key) => Object.hasOwn(en, key);
export const metricTitle = (metric) => (has(`metric.${metric.name}`) ? t(`metric.${metric.name}`) : metric.title);
export const resourceTitle = (resource) => (has(`resource.${resource}`) ? t(`resource.${resource}`) : resource);
/** One word of it, for a column. */
export const resourceWord = (resource) => (has(`bound.${resource}`) ? t(`bound.${resource}`) : resource);

/** A text of the model. */
export const said = (text) => (language() === "zh" && Object.hasOwn(data.terms, text) ? data.terms[text] : text);
