import { startCrmServer, type CrmServer, type CrmServerOptions, type Exchange, type Reply } from '../crm-server.ts';

/** A card as the imitation stores it. */
export interface CardfileCard {
  readonly id: number;
  readonly first_name: string | null;
  readonly last_name: string | null;
  readonly email: string | null;
  readonly phone: string | null;
  readonly created_at: string;
}

/** A running imitation, with what it holds. */
export interface CardfileSandbox extends CrmServer {
  readonly token: string;
  /** Edit them at will. */
  readonly cards: CardfileCard[];
}

export interface CardfileSandboxOptions extends CrmServerOptions {
  /** How many people it holds. */
  readonly people: number;
}

const TOKEN = 'cardfile-sandbox-token';
const PER_PAGE_MAX = 50;
const FIRST_NAMES = ['Ada', 'Bela', 'Chloé', 'Dmitri', null, 'Eva'];
const LAST_NAMES = ['Lovelace', 'Bartók', 'Moreau', 'Orlov', 'Šmits', null, 'Nguyen'];

/** Starts an imitation of Cardfile, after the description in README.md; it shares no code with the datasource. */
export async function startCardfileSandbox({ people, ...options }: CardfileSandboxOptions): Promise<CardfileSandbox> {
  const cards = Array.from({ length: people }, (_, at) => createCard(at + 1));
  const server = await startCrmServer({ ...options, handle: (exchange) => answer(exchange, cards) });
  return { ...server, token: TOKEN, cards };
}

function createCard(id: number): CardfileCard {
  return {
    id,
    first_name: FIRST_NAMES[id % FIRST_NAMES.length] ?? null,
    last_name: LAST_NAMES[id % LAST_NAMES.length] ?? null,
    email: id % 3 === 0 ? null : `person${id}@example.com`,
    phone: id % 4 === 0 ? null : `+371 2000 ${String(id).padStart(4, '0')}`,
    created_at: new Date(Date.UTC(2024, 0, 1) + id * 3_600_000).toISOString(),
  };
}

function answer({ method, path, query, headers }: Exchange, cards: readonly CardfileCard[]): Reply {
  if (headers.authorization !== `Bearer ${TOKEN}`) return json(401, { error: 'unauthorized' });
  if (method !== 'GET' || path !== '/people') return json(404, { error: 'no such address' });
  const ids = query.get('ids');
  const found = ids === null ? cards.filter((card) => matches(card, query)) : cards.filter(({ id }) => ids.split(',').includes(String(id)));
  const perPage = Math.min(Number(query.get('per_page') ?? PER_PAGE_MAX), PER_PAGE_MAX);
  const start = Number(query.get('page') ?? 0) * perPage;
  const people = sorted(found, query.get('sort') ?? 'name').slice(start, start + perPage);
  return json(200, { people, total: found.length });
}

/** Names in any case; e-mails and phones as they are written. */
function matches(card: CardfileCard, query: URLSearchParams): boolean {
  const has = (name: string, test: (wanted: string) => boolean) => {
    const wanted = query.get(name);
    return wanted === null || test(wanted);
  };
  return (
    has('q', (text) => nameOf(card).includes(text.toLowerCase())) &&
    has('first_name', (text) => card.first_name?.toLowerCase() === text.toLowerCase()) &&
    has('last_name', (text) => card.last_name?.toLowerCase() === text.toLowerCase()) &&
    has('email', (text) => card.email === text) &&
    has('phone', (text) => card.phone === text)
  );
}

function sorted(cards: readonly CardfileCard[], sort: string): CardfileCard[] {
  const keyOf = sort.endsWith('created_at') ? ({ created_at }: CardfileCard) => created_at : nameOf;
  const sign = sort.startsWith('-') ? -1 : 1;
  return cards.toSorted((one, other) => sign * (compare(keyOf(one), keyOf(other)) || one.id - other.id));
}

/** What people see as the name, in small letters. */
function nameOf({ id, first_name, last_name, email, phone }: CardfileCard): string {
  return ([first_name, last_name].filter((part) => part !== null).join(' ') || email || phone || String(id)).toLowerCase();
}

function compare(one: string, other: string): number {
  if (one === other) return 0;
  return one < other ? -1 : 1;
}

function json(status: number, body: object): Reply {
  return { status, headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
}
