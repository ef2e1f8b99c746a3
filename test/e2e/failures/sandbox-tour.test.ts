import { expect, test } from 'vitest';
import { CRMS, namedFault, type Crm } from '../../../src/sandbox/named-faults.ts';
import { startTestGateway } from '../../support/gateway.ts';

interface Lists {
  readonly contacts: {
    readonly nodes: readonly object[];
    readonly isComplete: boolean;
    readonly sourceReports: readonly { source: { name: string }; status: string; damagedRows: number; error: { code: string } | null }[];
  };
}

async function report(crm: Crm, word: string) {
  await using gateway = await startTestGateway({
    population: { onlyoffice: 5, kommo: 5, callgear: 5 },
    // Only what hangs is to run into it.
    environment: { SOURCE_TIMEOUT_MS: word === 'hang' ? '700' : '20000', REQUEST_TIMEOUT_MS: '30000' },
  });
  const fault = namedFault(crm, word);
  if (fault === null) throw new Error(`no fault ${word}`);
  gateway[crm].setFaults([fault]);
  const { data } = await gateway.query<Lists>(
    '{ contacts(first: 50) { nodes { id } isComplete sourceReports { source { name } status damagedRows error { code } } } }',
  );
  const reports = data?.contacts.sourceReports ?? [];
  const own = reports.find(({ source }) => source.name === crm);
  return { own, others: reports.filter((other) => other !== own).map(({ status }) => status), isComplete: data?.contacts.isComplete };
}

test.each(
  CRMS.flatMap((crm) => [
    [crm, 'down', { status: 'FAILED', error: { code: 'UNAVAILABLE' } }] as const,
    [crm, 'limited', { status: 'FAILED', error: { code: crm === 'callgear' ? 'QUOTA_EXHAUSTED' : 'RATE_LIMITED' } }] as const,
    [crm, 'denied', { status: 'FAILED', error: { code: 'UNAUTHENTICATED' } }] as const,
    [crm, 'damaged', { status: 'PARTIAL', damagedRows: 1 }] as const,
    [crm, 'hang', { status: 'FAILED', error: { code: 'TIMEOUT' } }] as const,
  ]),
)('a front end sees with --fault %s=%s what that looks like, and the other CRMs whole', async (crm, word, expected) => {
  const { own, others, isComplete } = await report(crm, word);

  expect(own).toMatchObject(expected);
  expect(others).toEqual(['OK', 'OK']);
  expect(isComplete).toBe(false);
});
