// Calls of a module as a person writes them.
import { pathToFileURL } from "node:url";
const { evaluate, inputs } = await import(pathToFileURL(process.argv[2]));
const flops = (given) => evaluate(given).totals.flops_tensor;
const error = (given) => {
  try {
    return `no error: ${flops(given)}`;
  } catch ({ slug, message }) {
    return `${slug}: ${message}`;
  }
};

const batch = inputs.find((input) => input.name === "batch").value;
console.log("as the default:", flops({ batch: undefined, mode: "gundam" }) === flops({ batch }));
console.log("by number, by BigInt:", flops({ batch: 3 }) === flops({ batch: 3n }) && flops({ batch: 3 }) > flops({ batch: 2 }));
for (const given of [{ tokens: 1 }, { batch: 1.5 }, { batch: 2 ** 53 }, { batch: 0 }, { mode: "tiny" }]) {
  console.log(error(given));
}
