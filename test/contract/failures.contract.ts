import { describe, expect, it } from 'vitest';
import type { ContactSource } from '../../src/datasources/port/contact-source.ts';
import type { RunnablePlan } from '../../src/datasources/port/list-plan.ts';
import { SourceError } from '../../src/datasources/port/source-error.ts';
import type { FaultEffect } from '../../src/sandbox/fault.ts';
import { createCall } from '../support/call.ts';
import { startSubject, type Caller } from './subject.ts';

/** An answer as a server of the web gives it, in front of the CRM or instead of it. */
export function reply(status: number, body = '', contentType = 'text/html', headers: Readonly<Record<string, string>> = {}): FaultEffect {
  return { kind: 'respond', status, body, contentType, headers };
}

const SECRET = 'sandbox-secret-in-a-page';
const PAGE = `<html><head><title>${SECRET}</title></head></html>`;
const JSON_TYPE = 'application/json';

/** What each failure means, unless the caller says otherwise. null: it is an answer. */
const FAILURES: Readonly<Record<string, readonly [FaultEffect, string | null]>> = {
  'a 401 in plain text': [reply(401, 'Unauthorized'), 'UNAUTHENTICATED'],
  'a 403 page': [reply(403, PAGE), 'FORBIDDEN'],
  'a 404 page': [reply(404, PAGE), 'BAD_RESPONSE'],
  'a 418': [reply(418, '{}', JSON_TYPE), 'BAD_RESPONSE'],
  'a 429 that says how long': [reply(429, PAGE, 'text/html', { 'retry-after': '60' }), 'RATE_LIMITED'],
  'a 500': [reply(500, SECRET), 'UNAVAILABLE'],
  'a 502 page': [reply(502, PAGE), 'UNAVAILABLE'],
  'a 503 without a word': [reply(503), 'UNAVAILABLE'],
  'a redirect': [reply(302, '', 'text/html', { location: 'http://127.0.0.1:9/' }), 'BAD_RESPONSE'],
  'a change to another protocol': [reply(101, '', 'text/html', { upgrade: 'websocket', connection: 'Upgrade' }), 'BAD_RESPONSE'],
  'a change to no protocol in particular': [reply(101), 'BAD_RESPONSE'],
  'a reset': [{ kind: 'reset' }, 'UNAVAILABLE'],
  'an answer that breaks off': [{ kind: 'cut' }, 'UNAVAILABLE'],
  'JSON that is cut short': [reply(200, '{"response":[{"id":1,', JSON_TYPE), 'BAD_RESPONSE'],
  'an empty 200': [reply(200, '', JSON_TYPE), 'BAD_RESPONSE'],
  'a 204': [reply(204), 'BAD_RESPONSE'],
  'a page with 200': [reply(200, PAGE), 'BAD_RESPONSE'],
  'JSON null': [reply(200, 'null', JSON_TYPE), 'BAD_RESPONSE'],
  'a JSON text': [reply(200, `"${SECRET}"`, JSON_TYPE), 'BAD_RESPONSE'],
  'a JSON list': [reply(200, '[]', JSON_TYPE), 'BAD_RESPONSE'],
  'an object of another kind': [reply(200, '{"ok":true}', JSON_TYPE), 'BAD_RESPONSE'],
};

/** Failures that pass by themselves: a read tries them again before it gives up. */
const RETRIED: ReadonlySet<string> = new Set(['a 500', 'a 502 page', 'a 503 without a word', 'a reset', 'an answer that breaks off']);

export function describeFailures(caller: Caller): void {
  const failures = Object.entries({ ...FAILURES, ...caller.failures });

  describe(`failures of ${caller.kind}`, () => {
    it.concurrent.each(failures.flatMap(([name, [effect, code]]) => (code === null ? [] : [{ name, code, effect }])))(
      '$name is $code, told without a word of what the CRM sent',
      async ({ name, code, effect }) => {
        await using subject = await startSubject(caller);
        subject.crm.setFaults([{ route: '*', effect }]);
        const error = await failureOf(() => subject.source.readBlock(subject.plan(), 0, createCall()));
        expect(error).toMatchObject({ code, source: subject.source.name });
        expect(error.message).not.toMatch(new RegExp(`${SECRET}|https?:|127\\.0\\.0\\.1|${subject.crm.url}`));
        expect(subject.crm.requests).toHaveLength(caller.attempts?.[name] ?? (RETRIED.has(name) ? 3 : 1));
        if (name.includes('how long')) expect(error.retryAfterMs).toBeGreaterThan(50_000);
        if (name in FAILURES) expect(subject.source.health()).toMatchObject({ error: { code } });
      },
    );

    it.each(failures.flatMap(([name, [effect, code]]) => (code === null ? [{ name, effect }] : [])))(
      '$name is an answer: nobody',
      async ({ effect }) => {
        await using subject = await startSubject(caller);
        subject.crm.setFaults([{ route: '*', effect }]);
        expect(await subject.source.readBlock(subject.plan(), 0, createCall())).toMatchObject({ rows: [], isLast: true, droppedRows: 0 });
      },
    );

    it('are thrown by a read of one record as by a list, and never pass for an unknown id', async () => {
      for (const [effect, code] of [
        FAILURES['a 401 in plain text'],
        FAILURES['a page with 200'],
        FAILURES['JSON that is cut short'],
      ].flatMap((one) => (one ? [one] : []))) {
        await using subject = await startSubject(caller);
        const ids = subject.crm.contactIds().slice(0, 3);
        subject.crm.setFaults([{ route: '*', effect }]);
        const error = await failureOf(() => subject.source.findByIds('contact', ids, new Set(), createCall()));
        expect(error).toMatchObject({ code, source: subject.source.name });
      }
    });

    it('that hang are TIMEOUT at the source timeout, and the call is let go', async () => {
      await using subject = await startSubject(caller, { SOURCE_TIMEOUT_MS: '1500' });
      subject.crm.setFaults([{ route: '*', effect: { kind: 'hang' } }]);
      const error = await failureOf(() => subject.source.readBlock(subject.plan(), 0, createCall({ timeMs: 3_600 })));
      expect(error).toMatchObject({ code: 'TIMEOUT', wasSent: true });
      await expect.poll(() => subject.crm.requests.every(({ wasAborted, status }) => wasAborted || status === undefined)).toBe(true);
    });

    it('of a CRM that is not there are UNAVAILABLE, known to be unsent', async () => {
      await using subject = await startSubject(caller);
      await subject.crm.close();
      const error = await failureOf(() => subject.source.readBlock(subject.plan(), 0, createCall()));
      expect(error).toMatchObject({ code: 'UNAVAILABLE', wasSent: false });
    });

    it('that pass are not noticed: the read is tried again', async () => {
      await using subject = await startSubject(caller);
      subject.crm.setFaults([
        { route: '*', times: 1, effect: { kind: 'reset' } },
        { route: '*', times: 1, skip: 1, effect: reply(502, PAGE) },
      ]);
      const call = createCall();
      const { rows } = await subject.source.readBlock(subject.plan(), 0, call);
      expect(rows.length).toBeGreaterThan(10);
      expect(call.counted).toHaveLength(3);
    });

    it('of the caller who hangs up end the read at once', async () => {
      await using subject = await startSubject(caller);
      const hangUp = new AbortController();
      subject.crm.setFaults([{ route: '*', effect: { kind: 'hang' } }]);
      const reading = failureOf(() => subject.source.readBlock(subject.plan(), 0, createCall({ signal: hangUp.signal })));
      await expect.poll(() => subject.crm.requests.length).toBe(1);
      hangUp.abort();
      expect(await reading).toBeInstanceOf(SourceError);
      await expect.poll(() => subject.crm.requests).toHaveLength(1);
    });

    it('of an answer that is too large are BAD_RESPONSE', async () => {
      await using subject = await startSubject(caller);
      subject.crm.setFaults([{ route: '*', effect: reply(200, `"${'x'.repeat(10_000_000)}"`, JSON_TYPE) }]);
      const error = await failureOf(() => subject.source.readBlock(subject.plan(), 0, createCall()));
      expect(error).toMatchObject({ code: 'BAD_RESPONSE' });
    });
  });
}

/** The SourceError that a read rejects with. Anything else, a success included, fails the test. */
async function failureOf(read: () => ReturnType<ContactSource<RunnablePlan>['readBlock' | 'findByIds']>): Promise<SourceError> {
  const outcome = await read().then(
    () => 'it succeeded',
    (error: unknown) => error,
  );
  if (outcome instanceof SourceError) return outcome;
  throw new Error(`The read did not reject with a SourceError: ${String(outcome)}`);
}
