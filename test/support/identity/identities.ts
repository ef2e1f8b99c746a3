import { decodeSourceId } from '../../../src/federation/source-id.ts';
import type { TestGateway } from '../gateway.ts';
import { eventually } from '../eventually.ts';

/** One person as the gateway puts it together: ids of its members. */
export type FoundPerson = readonly string[];

const PAGE = `query ($after: String) {
  identities(first: 100, after: $after) {
    nodes { members { contact { id } } }
    pageInfo { hasNextPage endCursor }
  }
}`;
interface Page {
  readonly identities: {
    readonly nodes: readonly { readonly members: readonly { readonly contact: { readonly id: string } }[] }[];
    readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null };
  };
}

/** Waits until every source's index is built. */
export async function untilIndexed(gateway: TestGateway): Promise<void> {
  await eventually(async () => {
    const { sources } = await gateway.ask<{ sources: { index: { status: string } }[] }>('{ sources { index { status } } }');
    if (sources.some(({ index }) => index.status !== 'READY')) throw new Error(`not yet: ${JSON.stringify(sources)}`);
  });
}

/** Reads all persons of more than one contact. */
export async function findDuplicates(gateway: TestGateway): Promise<readonly FoundPerson[]> {
  const found: FoundPerson[] = [];
  for (let after: string | null = null, pages = 0; pages < 100; pages += 1) {
    const { identities }: Page = await gateway.ask<Page>(PAGE, { after });
    found.push(...identities.nodes.map(({ members }) => members.map(({ contact }) => contact.id)));
    if (!identities.pageInfo.hasNextPage) break;
    after = identities.pageInfo.endCursor;
  }
  return found;
}

/** Who each contact is, by its source and id: from the sandbox's data, not from any answer. */
export function personsByContact(gateway: TestGateway): ReadonlyMap<string, number> {
  const persons = new Map<string, number>();
  const put = (source: string, id: number, person: number | null | undefined) => {
    if (typeof person === 'number') persons.set(`${source} ${id}`, person);
  };
  for (const { id, personIndex } of gateway.onlyoffice.visibleContacts()) put('onlyoffice', id, personIndex);
  for (const { id, personIndex, isTrashed } of gateway.kommo.data.contacts) if (!isTrashed) put('kommo', id, personIndex);
  for (const { id, personIndex } of gateway.callgear.contacts) put('callgear', id, personIndex);
  return persons;
}

/** `source id`, of an id that clients see. */
export function contactOf(id: string): string {
  const decoded = decodeSourceId(id);
  return `${decoded?.source} ${decoded?.idInSource}`;
}

/** All pairs of a list, each as one text. */
export function pairsOf(members: readonly string[]): string[] {
  const sorted = members.toSorted();
  return sorted.flatMap((one, index) => sorted.slice(index + 1).map((other) => `${one} = ${other}`));
}
