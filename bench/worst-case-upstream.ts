import { startSandbox } from '../src/sandbox/sandbox.ts';

// The sandbox CRMs with much more of everything that lists hold than usual, in a process of their own. Prints the environment for a gateway.
const LONG_LIST = 1_000;
const sandbox = await startSandbox({
  population: { onlyoffice: 1_500, kommo: 2_000, callgear: 1_500 },
  callgear: { quotas: {} },
});
const { contactTags, contactFields } = sandbox.kommo.data;
for (let id = 10_000; id < 10_000 + LONG_LIST; id += 1)
  contactTags.push({ id, name: `a rather long name of a tag ${id}`, color: 'FF8F92' });
for (const field of contactFields) {
  for (let id = 0; field.enums && id < LONG_LIST; id += 1) field.enums.push({ id: 5_000_000 + id, value: `option ${id}`, sort: id });
}
console.log(JSON.stringify(sandbox.environment));
