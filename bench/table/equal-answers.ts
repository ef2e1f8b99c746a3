import { ask } from './load.ts';
import type { RunningServer } from './sample.ts';

interface AnswerRow {
  readonly displayName: string;
  readonly emails: readonly { readonly value: string }[];
  readonly phones: readonly { readonly value: string }[];
  readonly company?: { readonly name?: string; readonly displayName?: string } | null;
  readonly responsible: { readonly name?: string; readonly displayName?: string } | null;
}

/** @throws Error where a server's answer holds something else than that of the first. */
export async function assertEqualAnswers(all: readonly RunningServer[]): Promise<void> {
  const contents = await Promise.all(all.map(contentOf));
  for (const [index, content] of contents.entries()) {
    if (content !== contents[0]) throw new Error(`${all[index]?.server.name} answers otherwise than ${all[0]?.server.name}`);
  }
}

/**
 * What every server's answer must hold: 75 contacts with name, e-mail addresses, numbers, company and responsible user. Ids, labels and the
 * form of lists are each server's own.
 */
async function contentOf({ server, running }: RunningServer): Promise<string> {
  const { bytes } = await ask(running.url, server.body('FirstContacts'));
  const { data } = JSON.parse(bytes.toString()) as { data: Record<string, readonly AnswerRow[] | { nodes: readonly AnswerRow[] }> };
  const rows = Object.values(data).flatMap((list) => ('nodes' in list ? list.nodes : list));
  const nameOf = (named: AnswerRow['company']) => named?.name ?? named?.displayName ?? null;
  const content = rows.map(({ displayName, emails, phones, company, responsible }) =>
    JSON.stringify([
      displayName,
      emails.map(({ value }) => value),
      phones.map(({ value }) => value.replace(/\D/g, '')),
      nameOf(company),
      nameOf(responsible),
    ]),
  );
  return content.toSorted().join('\n');
}
