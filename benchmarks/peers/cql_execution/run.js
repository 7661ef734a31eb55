// Holds a library in ELM and some people; does what each line of the input says and answers with one line of JSON.
// Usage: node run.js LIBRARY.json PEOPLE.json
const fs = require("fs");
const readline = require("readline");
const cql = require("cql-execution");

const [elm, people] = process.argv.slice(2).map(file => JSON.parse(fs.readFileSync(file, "utf8")));
let library = new cql.Library(elm);
// The rules look at parameters alone; an engine made for patients wants one all the same.
const nobody = { id: "1", recordType: "Patient" };

async function assess(person) {
  const executor = new cql.Executor(library, null, person);
  const results = await executor.exec(new cql.PatientSource([nobody]));
  return results.patientResults["1"];
}

async function answer(line) {
  const [what, count] = line.split(" ");
  if (what === "compile") library = new cql.Library(elm);
  if (what === "run") for (const person of people.slice(0, Number(count))) await assess(person);
  if (what === "truths") {
    const all = [];
    for (const person of people) all.push(await assess(person));
    return all;
  }
  return "done";
}

(async () => {
  for await (const line of readline.createInterface({ input: process.stdin })) {
    process.stdout.write(JSON.stringify(await answer(line)) + "\n");
  }
})();
