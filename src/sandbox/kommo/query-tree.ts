/** A query string as PHP reads it: `a[b][]=1` nests. A repeated plain name keeps its last value. */
export type QueryTree = string | QueryBranch;
/** Names, and what stands at each: a text, or the names that stand in brackets behind it. */
export type QueryBranch = ReadonlyMap<string, QueryTree>;

type GrowingBranch = Map<string, string | GrowingBranch>;

function segmentsOf(name: string): string[] {
  const open = name.indexOf('[');
  if (open <= 0) return [name];
  const segments = [name.slice(0, open)];
  for (let start = open, end = 0; start >= 0; start = name.indexOf('[', end)) {
    end = name.indexOf(']', start);
    if (end < 0) break;
    segments.push(name.slice(start + 1, end));
  }
  return segments;
}

function nextIndex(branch: GrowingBranch): string {
  const indexes = [...branch.keys()].filter((key) => /^\d+$/.test(key)).map(Number);
  return String(indexes.length === 0 ? 0 : Math.max(...indexes) + 1);
}

/** Reads query parameters into nested branches the way PHP does: `[]` appends, `[0]` and `[name]` are keys. */
export function parseQueryTree(query: URLSearchParams): QueryBranch {
  const root: GrowingBranch = new Map();
  for (const [name, value] of query) {
    const segments = segmentsOf(name);
    const last = segments.pop() ?? name;
    let branch = root;
    for (const segment of segments) {
      const key = segment === '' ? nextIndex(branch) : segment;
      const child = branch.get(key);
      const next: GrowingBranch = child instanceof Map ? child : new Map();
      branch.set(key, next);
      branch = next;
    }
    branch.set(last === '' && branch !== root ? nextIndex(branch) : last, value);
  }
  return root;
}

/** The plain value at `name`; undefined when it is absent or a branch. */
export function textAt(tree: QueryTree | undefined, name: string): string | undefined {
  if (tree === undefined || typeof tree === 'string') return undefined;
  const value = tree.get(name);
  return typeof value === 'string' ? value : undefined;
}

/** All plain values of a condition in any of the three forms: `x[]=1`, `x[0]=1`, `x=1`. Blank ones are left out. */
export function valuesOf(condition: QueryTree): string[] {
  const values = typeof condition === 'string' ? [condition] : [...condition.values()].filter((value) => typeof value === 'string');
  return values.filter((value) => value !== '');
}

/** The branch at `name`; empty when it is absent or a plain value. */
export function branchAt(tree: QueryBranch, name: string): QueryBranch {
  const branch = tree.get(name);
  return branch === undefined || typeof branch === 'string' ? new Map() : branch;
}
