import type { Exchange, Reply } from '../crm-server.ts';

/** How the portal takes batches: as the member `batch` of a form, as a JSON array, or not at all. */
export type BatchForm = 'form' | 'json' | 'none';

interface BatchMember {
  readonly relativeUrl: string;
  readonly method: string;
  readonly name?: string;
}

/** Whether a request is a batch that the portal takes. */
export function isBatch({ method, path }: Exchange, form: BatchForm): boolean {
  return form !== 'none' && method === 'POST' && /^\/api\/2\.0\/batch(?:\.json)?$/i.test(path);
}

/**
 * Answers `POST batch`: runs its members one after the other, each as a request of its own of the same user.
 *
 * @returns undefined for a batch in another form than the portal takes, which is an invalid argument.
 */
export function runBatch(exchange: Exchange, form: BatchForm, run: (member: Exchange) => Reply): unknown[] | undefined {
  const members = membersOf(exchange, form);
  return members?.map(({ relativeUrl, method, name }) => {
    const url = new URL(relativeUrl, 'http://portal');
    const reply = run({
      ...exchange,
      method: method.toUpperCase(),
      path: decodeURIComponent(url.pathname),
      rawUrl: `${url.pathname}${url.search}`,
      query: url.searchParams,
      bodyText: '',
      json: undefined,
    });
    return { ...(name === undefined ? {} : { name }), status: reply.status, headers: {}, data: String(reply.body ?? '') };
  });
}

function membersOf({ bodyText, json, headers }: Exchange, form: BatchForm): readonly BatchMember[] | undefined {
  const isForm = (headers['content-type'] ?? '').includes('application/x-www-form-urlencoded');
  if ((form === 'form') !== isForm) return undefined;
  const members = isForm ? parsed(new URLSearchParams(bodyText).get('batch') ?? '') : json;
  return Array.isArray(members) ? (members as BatchMember[]) : undefined;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
