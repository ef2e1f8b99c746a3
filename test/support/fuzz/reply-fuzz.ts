import { createRandom } from '../../../src/sandbox/seeded-random.ts';
import { EVERY_FIELD } from '../../e2e/fields/every-field.ts';
import { startTestGateway, type Answer, type TestGateway } from '../gateway.ts';
import { ALL, LIST_ROUTES, rowsOf, type SourceName } from '../sources.ts';
import { DOCUMENTED_CODES } from './documented-codes.ts';
import { addTruth, createTruth, findInvented, type Truth } from './invented-values.ts';
import { mutateReply } from './reply-mutation.ts';

const QUERY = `
  {
    contacts(first: 100) {
      nodes { ...EveryField }
      totalCount
      sourceReports { source { name } status damagedRows error { code message } }
    }
    sources {
      name
      statuses { id name } types { id name } groups { id name } users { id displayName email }
      tags { id name color } customFields { id code label type options { id label } }
    }
  }
  ${EVERY_FIELD}`;

interface Data {
  readonly sources: readonly object[];
  readonly contacts: {
    readonly nodes: readonly { readonly idInSource: string; readonly source: { readonly name: SourceName } }[];
    readonly sourceReports: readonly { readonly source: { readonly name: SourceName }; readonly status: string }[];
  } | null;
}

/** What a run of the fuzzer found. */
export interface ReplyFuzzFigures {
  readonly requests: number;
  readonly replies: number;
  /** Contacts that were in an answer. */
  readonly contacts: number;
  /** Errors by code. */
  readonly codes: Readonly<Record<string, number>>;
  /** Each with the seed that repeats it. */
  readonly faults: readonly string[];
  /** Contacts that are missing though their rows came with their ids, of sources that did not fail: `seed 7: kommo 42`. */
  readonly lost: readonly string[];
}

export interface ReplyFuzzOptions {
  /** Goes on until so many replies were changed. */
  readonly replies: number;
  readonly seed: number;
  readonly faultsMax?: number;
}

/** After so many requests the gateway is started anew: a changed reply may say that a quota is used up for today. */
const REQUESTS_PER_GATEWAY = 25;

/**
 * Asks for everything that the sandbox CRMs have, while each of their replies is changed at random, and looks at the answers: each error has a
 * documented code, no value comes from nowhere; and counts the contacts that are missing though their rows came. A request is repeated
 * with the seed that its fault names, and `replies: 1`.
 */
export async function fuzzReplies({ replies, seed, faultsMax = 20 }: ReplyFuzzOptions): Promise<ReplyFuzzFigures> {
  const figures = {
    requests: 0,
    replies: 0,
    contacts: 0,
    codes: {} as Record<string, number>,
    faults: [] as string[],
    lost: [] as string[],
  };
  while (figures.replies < replies && figures.faults.length < faultsMax) {
    await using gateway = await startFuzzedGateway();
    const usual = createTruth();
    addTruth(usual, await gateway.ask(QUERY));
    for (let count = 0; count < REQUESTS_PER_GATEWAY && figures.replies < replies; count += 1) {
      const seedOfRequest = seed + figures.requests;
      const changed = fuzzOnce(gateway, createRandom(seedOfRequest));
      const answer = await gateway.query<Data>(QUERY);
      figures.requests += 1;
      figures.replies += changed.length;
      figures.contacts += answer.data?.contacts?.nodes.length ?? 0;
      for (const { extensions } of answer.errors) {
        const code = String(extensions?.['code']);
        figures.codes[code] = (figures.codes[code] ?? 0) + 1;
      }
      figures.faults.push(...findFaults(answer, changed, usual).map((fault) => `seed ${seedOfRequest}: ${fault}`));
      figures.lost.push(...findLost(answer.data, changed).map((contact) => `seed ${seedOfRequest}: ${contact}`));
    }
  }
  return figures;
}

function startFuzzedGateway(): Promise<TestGateway> {
  return startTestGateway({
    population: { onlyoffice: 6, kommo: 6, callgear: 6 },
    environment: { REFERENCE_TTL_MS: '0', ANSWER_CACHE_BYTES: '0', REQUEST_TIMEOUT_MS: '20000', KOMMO_RATE_LIMIT: '1000' },
  });
}

interface Changed {
  readonly source: SourceName;
  readonly body: unknown;
  readonly list: boolean;
}

/** Changes every reply from now on. @returns What was sent, as it comes. */
function fuzzOnce(gateway: TestGateway, random: () => number): readonly Changed[] {
  const changed: Changed[] = [];
  for (const source of ALL) {
    // Each source draws numbers of its own: the order in which replies go out is not the same each time.
    const own = createRandom(Math.floor(random() * 2 ** 32));
    const change = (list: boolean) => (body: unknown) => {
      const mutated = mutateReply(body, own);
      changed.push({ source, body: JSON.parse(JSON.stringify(mutated) ?? 'null'), list });
      return mutated;
    };
    gateway[source].setFaults([
      { route: LIST_ROUTES[source], effect: { kind: 'alter', alter: change(true) } },
      { route: '*', effect: { kind: 'alter', alter: change(false) } },
    ]);
  }
  return changed;
}

function findFaults({ status, data, errors }: Answer<Data>, changed: readonly Changed[], usual: Truth): readonly string[] {
  const faults: string[] = [];
  if (status !== 200 || data === null || data === undefined)
    faults.push(`status ${status}, no data: ${JSON.stringify(errors).slice(0, 300)}`);
  for (const { extensions, message, path } of errors) {
    const code = String(extensions?.['code']);
    if (code === 'INTERNAL_SERVER_ERROR' || !DOCUMENTED_CODES.has(code)) faults.push(`${code} at ${path?.join('.')}: ${message}`);
  }
  const truth = createTruth();
  for (const { body } of changed) addTruth(truth, body);
  for (const part of ['words', 'numbers'] as const) for (const item of usual[part]) truth[part].add(item as never);
  truth.moments.push(...usual.moments);
  faults.push(...findInvented({ nodes: data?.contacts?.nodes, sources: data?.sources }, truth).map((value) => `invented ${value}`));
  return faults;
}

/** Contacts of lists whose row and id came, of sources that did not fail. */
function findLost(data: Data | null | undefined, changed: readonly Changed[]): readonly string[] {
  if (!data?.contacts) return [];
  const { nodes, sourceReports } = data.contacts;
  const seen = new Set(nodes.map(({ source, idInSource }) => `${source.name} ${idInSource}`));
  const failed = new Set(
    sourceReports.filter(({ status }) => status === 'FAILED' || status === 'SKIPPED').map(({ source }) => source.name),
  );
  return changed
    .filter(({ source, list }) => list && !failed.has(source))
    .flatMap(({ source, body }) => idsOfRows(source, body).map((id) => `${source} ${id}`))
    .filter((contact) => !seen.has(contact));
}

function idsOfRows(source: SourceName, body: unknown): readonly string[] {
  try {
    return rowsOf(source, body).flatMap((row) => {
      const id = row['id'];
      return typeof id === 'number' && Number.isSafeInteger(id) && id > 0 ? [String(id)] : [];
    });
  } catch {
    // Where the rows were is something else now.
    return [];
  }
}
