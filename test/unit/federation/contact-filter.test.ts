import { describe, expect, test } from 'vitest';
import { filterForSource, normalizeFilter } from '../../../src/federation/contact-filter.ts';
import type { SourceId, SourceIdEntity } from '../../../src/federation/source-id.ts';

const id = (source: string, entity: SourceIdEntity, idInSource: string): SourceId => ({ source, entity, idInSource });

describe('a filter for one source', () => {
  test('keeps the ids of that source alone, each once', () => {
    const statusIds = [id('kommo', 'status', '1'), id('onlyoffice', 'status', '2'), id('kommo', 'status', '1')];
    expect(filterForSource({ statusIds }, 'kommo')).toEqual({ statusIds: ['1'] });
  });

  test('is none when an id member keeps no id', () => {
    const filter = { search: 'ada', responsibleIds: [id('onlyoffice', 'user', '2')] };
    expect(filterForSource(filter, 'kommo')).toBe('none');
  });

  test('takes no id for another thing with the same number', () => {
    expect(filterForSource({ statusIds: [id('kommo', 'user', '1')] }, 'kommo')).toBe('none');
  });

  test('takes a contact for a company only where companies are contacts', () => {
    const filter = { companyIds: [id('crm', 'contact', '1'), id('crm', 'company', '2')] };
    expect(filterForSource(filter, 'crm', true)).toEqual({ companyIds: ['1', '2'] });
    expect(filterForSource(filter, 'crm', false)).toEqual({ companyIds: ['2'] });
  });

  test('keeps false as a condition', () => {
    expect(filterForSource({ hasLeads: false, isShared: false }, 'kommo')).toEqual({ hasLeads: false, isShared: false });
  });
});

describe('a filter in its one form', () => {
  const [early, late] = [new Date('2024-02-01T00:00:00Z'), new Date('2024-02-02T00:00:00Z')];

  test('has no condition for empty lists, blank texts and open ranges', () => {
    const nothing = { statusIds: [], typeIds: [], responsibleIds: [], groupIds: [], companyIds: [], tags: [], contactInfos: [] };
    const blank = { search: ' ', firstName: '', lastName: '\t', createdAt: {}, updatedAt: {}, kind: undefined, hasLeads: undefined };
    expect(normalizeFilter({ ...nothing, ...blank })).toEqual({});
    expect(normalizeFilter({ tags: [' ', ''] })).toEqual({});
  });

  test('keeps false, and a range that is open at one end', () => {
    const filter = { hasLeads: false, isShared: false, createdAt: { from: late }, updatedAt: { to: early } };
    expect(normalizeFilter(filter)).toEqual(filter);
  });

  test('has its texts trimmed, whatever they say', () => {
    const email = { type: 'EMAIL', match: 'EXACT', isPrimary: true } as const;
    expect(
      normalizeFilter({
        search: ' ada ',
        firstName: ' none ',
        lastName: 'none',
        tags: [' VIP', ' '],
        contactInfos: [
          { ...email, value: ' a@example.com ' },
          { ...email, value: ' ' },
        ],
      }),
    ).toEqual({ search: 'ada', firstName: 'none', lastName: 'none', tags: ['VIP'], contactInfos: [{ ...email, value: 'a@example.com' }] });
  });

  test('matches nothing, rather than everything, when each contact info to look for is blank', () => {
    expect(normalizeFilter({ contactInfos: [{ type: 'EMAIL', value: ' ', match: 'EXACT' }] })).toBe('none');
  });

  test.each(['createdAt', 'updatedAt'])('matches nothing when %s ends before it begins', (member) => {
    expect(normalizeFilter({ [member]: { from: late, to: early } })).toBe('none');
    expect(normalizeFilter({ [member]: { from: late, to: late } })).not.toBe('none');
  });
});
