import { describe, expect, test } from 'vitest';
import { filterForSource } from '../../../src/federation/contact-filter.ts';
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

  test('has no condition for empty lists, blank texts and open ranges', () => {
    const filter = { search: ' ', tags: [], contactInfos: [], statusIds: [], createdAt: {}, firstName: '' };
    expect(filterForSource(filter, 'kommo')).toEqual({});
  });

  test('keeps false as a condition', () => {
    expect(filterForSource({ hasLeads: false, isShared: false }, 'kommo')).toEqual({ hasLeads: false, isShared: false });
  });

  test('matches nothing, rather than everything, when each contact info to look for is blank', () => {
    expect(filterForSource({ contactInfos: [{ type: 'EMAIL', value: ' ', match: 'EXACT' }] }, 'kommo')).toBe('none');
  });

  test('matches nothing when a range ends before it begins', () => {
    const createdAt = { from: new Date('2024-02-02T00:00:00Z'), to: new Date('2024-02-01T00:00:00Z') };
    expect(filterForSource({ createdAt }, 'kommo')).toBe('none');
  });
});
