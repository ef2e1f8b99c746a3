import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { PHONE_CASES } from '../../../src/sandbox/phone-cases.ts';
import { startTestGateway, type TestGateway } from '../../support/gateway.ts';
import { ALL } from '../../support/sources.ts';
import { PHONE_SEARCH, type PhoneSearch } from '../../support/filters/phone-search.ts';

describe.each(PHONE_CASES)('a phone that CRMs have $name', ({ country, e164, typed }) => {
  let gateway: TestGateway;
  beforeAll(async () => {
    gateway = await startTestGateway({
      population: { seed: 43, onlyoffice: 20, kommo: 20, callgear: 20, phoneCases: true },
      environment: { DEFAULT_COUNTRY: country },
    });
  });
  afterAll(() => gateway[Symbol.asyncDispose]());

  test.each([e164, ...typed])(
    'is found in each CRM, however it was typed, by %s, or the report says that some may be missed',
    async (value) => {
      const { contacts } = await gateway.ask<PhoneSearch>(PHONE_SEARCH, { value });
      for (const source of ALL) {
        const nodes = contacts.nodes.filter((node) => node.source.name === source);
        const found = new Set(nodes.flatMap(({ phones }) => phones.map((phone) => phone.value)));
        const missed = typed.filter((text) => !found.has(text));
        const { status, isComplete } = contacts.sourceReports.find((report) => report.source.name === source) ?? {};
        expect([source, status]).toEqual([source, 'OK']);
        // CallGear finds equal texts only, and what people may have typed can be listed only in part.
        if (source !== 'callgear') expect([source, missed]).toEqual([source, []]);
        else expect([source, isComplete || missed.length === 0]).toEqual([source, missed.length === 0]);
      }
    },
  );

  test('is not found by the number of someone else', async () => {
    const { contacts } = await gateway.ask<PhoneSearch>(PHONE_SEARCH, { value: '+371 2000 0099' });
    const values = contacts.nodes.flatMap(({ phones }) => phones.map((phone) => phone.value));
    expect(values.filter((value) => typed.includes(value))).toEqual([]);
  });
});
