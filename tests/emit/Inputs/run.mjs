// run.mjs MODULE NAME=VALUE... - the totals of a job, or why there are none, as the program of a C file says it.
import { pathToFileURL } from "node:url";
const { evaluate } = await import(pathToFileURL(process.argv[2]));
const value = (text) => (/^-?[0-9]+$/.test(text) ? BigInt(text) : text);
const given = process.argv.slice(3).map((argument) => argument.split("="));
try {
  const { totals, notes } = evaluate(Object.fromEntries(given.map(([name, text]) => [name, value(text)])));
  for (const note of notes) console.log(`note: ${note}`);
  for (const [name, number] of Object.entries(totals)) console.log(`${name} ${number}`);
} catch ({ slug, message }) {
  console.log(`error: ${message} [${slug}]`);
}
