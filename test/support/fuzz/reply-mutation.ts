type Members = Record<string, unknown>;

/** Values that no contract expects where they are put. */
const ODD_VALUES: readonly unknown[] = [
  null,
  true,
  false,
  0,
  -1,
  1.5,
  1e21,
  2 ** 53 + 2,
  2_147_483_648,
  4_102_444_800,
  '',
  ' ',
  '0',
  '-1',
  '12abc',
  'NaN',
  'null',
  '2024-02-30T00:00:00',
  '2024-13-45',
  '0001-01-01T00:00:00.0000000',
  '9'.repeat(30),
  '<script>alert(1)</script>',
  'javascript:alert(1)',
  '\u0000\u0007',
  '\ud800',
  'мутация',
  'word '.repeat(2_000),
  [],
  {},
  [null],
  [[]],
  [{ id: 'x' }],
  { id: null },
  { value: { value: { value: 'deep' } } },
];
const ODD_KEYS = ['__proto__', 'constructor', 'id', 'length', 'toString', 'fuzzed'];

interface Slot {
  readonly owner: Members;
  readonly key: string;
}

/**
 * Changes a JSON body in one to three places: values of other types, members left out, doubled, swapped or renamed.
 *
 * @param body Is not changed itself.
 * @param random Numbers in [0, 1).
 */
export function mutateReply(body: unknown, random: () => number): unknown {
  const holder: Members = { body: structuredClone(body) };
  const changes = 1 + Math.floor(random() * 3);
  for (let change = 0; change < changes; change += 1) {
    const slots = slotsOf(holder);
    const slot = pick(slots, random);
    if (slot !== undefined) mutateSlot(slot, slots, random);
  }
  return holder['body'];
}

/** Every place in a value, those near the root included. */
function slotsOf(holder: Members): readonly Slot[] {
  const slots: Slot[] = [];
  const visit = (owner: Members): void => {
    for (const key of Object.keys(owner)) {
      slots.push({ owner, key });
      const value = owner[key];
      if (typeof value === 'object' && value !== null) visit(value as Members);
    }
  };
  visit(holder);
  return slots;
}

function mutateSlot({ owner, key }: Slot, slots: readonly Slot[], random: () => number): void {
  const roll = random();
  if (roll < 0.55) owner[key] = structuredClone(pick(ODD_VALUES, random));
  else if (roll < 0.7) remove(owner, key);
  else if (roll < 0.8) {
    if (Array.isArray(owner)) owner.splice(Number(key), 0, structuredClone(owner[Number(key)]));
    else owner[`${key}_`] = owner[key];
  } else if (roll < 0.9) {
    const other = pick(slots, random);
    if (other !== undefined && !holds(owner[key], other.owner) && !holds(other.owner[other.key], owner)) {
      [owner[key], other.owner[other.key]] = [other.owner[other.key], owner[key]];
    }
  } else {
    const name = pick(ODD_KEYS, random) ?? 'fuzzed';
    Object.defineProperty(owner, name, { value: owner[key], enumerable: true, configurable: true, writable: true });
    if (!Array.isArray(owner)) remove(owner, key);
  }
}

function remove(owner: Members, key: string): void {
  if (Array.isArray(owner)) owner.splice(Number(key), 1);
  else Reflect.deleteProperty(owner, key);
}

/** Whether a value is another or has it somewhere inside: to put it there would close a circle. */
function holds(value: unknown, wanted: unknown): boolean {
  if (value === wanted) return true;
  return typeof value === 'object' && value !== null && Object.values(value).some((member) => holds(member, wanted));
}

function pick<T>(items: readonly T[], random: () => number): T | undefined {
  return items[Math.floor(random() * items.length)];
}
