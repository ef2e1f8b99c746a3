import { describe, expect, it } from 'vitest';
import { clausesOf, formsOf, toWireFilter, type WireFilter } from '../../../../../src/datasources/callgear/planning/filter.ts';
import { planCallgearList, type CallgearListPlan } from '../../../../../src/datasources/callgear/planning/plan.ts';
import type { ContactOrder, SourceFilter } from '../../../../../src/datasources/port/list-query.ts';

const BY_NAME: ContactOrder = { field: 'DISPLAY_NAME', direction: 'ASC' };

function planned(filter: SourceFilter, order = BY_NAME, country?: string) {
  return planCallgearList({ filter, order, details: new Set() }, country);
}

function runnable(filter: SourceFilter, order = BY_NAME, country?: string): CallgearListPlan {
  const plan = planned(filter, order, country);
  if (plan.outcome !== 'runnable') throw new Error(`not runnable: ${JSON.stringify(plan)}`);
  return plan;
}

/** The filter as it is sent at first. */
function sent(filter: SourceFilter, country?: string): WireFilter | undefined {
  const { condition } = runnable(filter, BY_NAME, country);
  return condition && toWireFilter(condition, (leaf) => formsOf(leaf)[0] ?? 'each');
}

describe('orders', () => {
  it('sorts by the three fields that sort, all in one direction, so that rows with equal names keep their order', () => {
    const fields = (order: ContactOrder) => runnable({}, order).sort.map((item) => `${item.field} ${item.order}`);
    expect(fields(BY_NAME)).toEqual(['full_name asc', 'last_name asc', 'first_name asc']);
    expect(fields({ field: 'FIRST_NAME', direction: 'DESC' })).toEqual(['first_name desc', 'last_name desc', 'full_name desc']);
    expect(fields({ field: 'LAST_NAME', direction: 'ASC' })).toEqual(['last_name asc', 'first_name asc', 'full_name asc']);
  });

  it.each(['CREATED_AT', 'UPDATED_AT'] as const)('cannot order by %s: CallGear has no dates', (field) => {
    expect(planned({}, { field, direction: 'ASC' })).toEqual({ outcome: 'impossible', code: 'ORDER_UNSUPPORTED', members: [] });
  });
});

describe('filters', () => {
  it('sends none for no condition, and for persons, which all contacts are', () => {
    expect(sent({})).toBeUndefined();
    expect(sent({ kind: 'PERSON' })).toBeUndefined();
  });

  it('asks for a phone in every spelling of its digits at once, and has the rows checked', () => {
    const filter = { contactInfos: [{ type: 'PHONE', value: '+371 2000-0000', match: 'EXACT' }] } as const;
    expect(sent(filter)).toEqual({
      field: 'phone_numbers',
      operator: 'jsquery',
      value: expect.stringMatching(/^# IN \("37120000000", "\+37120000000", .*"20000000"/),
    });
    // Spellings cannot be listed to the last.
    expect(runnable(filter)).toMatchObject({ isComplete: false, members: new Map([['CONTACT_INFO', 'PUSHED_AND_CHECKED']]) });
  });

  it.each(['371 20000000', '(371)20000000', '+37120000000', '00371 20000000'])('finds one number under %s', (value) => {
    expect(JSON.stringify(sent({ contactInfos: [{ type: 'PHONE', value, match: 'EXACT' }] }))).toContain('(\\"37120000000\\"');
  });

  it('reads a national number in the configured country', () => {
    const filter = { contactInfos: [{ type: 'PHONE', value: '8 (912) 345-67-89', match: 'EXACT' }] } as const;
    expect(JSON.stringify(sent(filter, 'RU'))).toContain('\\"79123456789\\"');
  });

  it('asks for an e-mail in several casings and does not claim to find all', () => {
    const filter = { contactInfos: [{ type: 'EMAIL', value: 'Anna.Berg@example.com', match: 'EXACT' }] } as const;
    const text = JSON.stringify(sent(filter));
    for (const spelling of ['Anna.Berg@example.com', 'anna.berg@example.com', 'ANNA.BERG@EXAMPLE.COM', 'Anna.berg@example.com']) {
      expect(text).toContain(`\\"${spelling}\\"`);
    }
    expect(runnable(filter).isComplete).toBe(false);
  });

  it('joins phone and e-mail by or, and leaves out what a contact of CallGear never has', () => {
    const filter = sent({
      contactInfos: [
        { type: 'PHONE', value: '+37120000000', match: 'EXACT' },
        { type: 'EMAIL', value: 'a@example.com', match: 'EXACT' },
        { type: 'WEBSITE', value: 'example.com', match: 'EXACT' },
      ],
    });
    expect(filter).toMatchObject({ condition: 'or', filters: [{ field: 'phone_numbers' }, { field: 'emails' }] });
  });

  it('asks for names in any case by a regular expression', () => {
    expect(sent({ firstName: 'Mc' })).toEqual({ field: 'first_name', operator: 'regexp', value: '^ *[Mm][Cc] *$' });
    expect(sent({ lastName: 'Šmits' })).toMatchObject({ field: 'last_name', value: expect.stringContaining('[Šš][Mm]') });
    expect(sent({ lastName: 'Weiß' })).toMatchObject({ value: '^ *[Ww][Ee][Ii]([Ss][Ss]|ß|ẞ) *$' });
  });

  it('searches each word in all three names', () => {
    const filter = sent({ search: 'anna  berg' });
    expect(filter).toMatchObject({
      condition: 'and',
      filters: [
        { condition: 'or', filters: [{ field: 'full_name' }, { field: 'first_name' }, { field: 'last_name' }] },
        { condition: 'or' },
      ],
    });
    expect(runnable({ search: 'anna' }).members.get('SEARCH')).toBe('PUSHED_AND_CHECKED');
  });

  it('asks for several managers or companies by in, for one by equality, for groups by jsquery', () => {
    expect(sent({ responsibleIds: ['9', '5', '9'] })).toEqual({ field: 'personal_manager_id', operator: 'in', value: [5, 9] });
    expect(sent({ companyIds: ['6152759362'] })).toEqual({ field: 'organization_id', operator: '=', value: 6152759362 });
    expect(sent({ groupIds: ['5'] })).toEqual({ field: 'groups', operator: 'jsquery', value: '#(group_id = 5)' });
    expect(sent({ groupIds: ['5', '6'] })).toMatchObject({
      condition: 'or',
      filters: [{ value: '#(group_id = 5)' }, { value: '#(group_id = 6)' }],
    });
  });

  it('puts all members under one and', () => {
    const filter = sent({ firstName: 'Anna', groupIds: ['5'], responsibleIds: ['7'], search: 'berg', kind: 'PERSON' });
    expect(filter).toMatchObject({ condition: 'and' });
    expect(clausesOf(filter!).map(({ field }) => field)).toEqual(
      expect.arrayContaining(['first_name', 'groups', 'personal_manager_id', 'full_name']),
    );
  });
});

describe('what CallGear cannot filter', () => {
  it('names every impossible member', () => {
    const filter: SourceFilter = {
      kind: 'COMPANY',
      tags: ['vip'],
      statusIds: ['1'],
      typeIds: ['1'],
      hasLeads: true,
      isShared: false,
      createdAt: { from: new Date(0) },
      updatedAt: { to: new Date(0) },
      firstName: 'Anna',
    };
    expect(planned(filter)).toEqual({
      outcome: 'impossible',
      code: 'FILTER_UNSUPPORTED',
      members: ['KIND', 'TAGS', 'STATUS', 'TYPE', 'HAS_LEADS', 'IS_SHARED', 'CREATED_AT', 'UPDATED_AT'],
    });
  });

  it.each([
    [{ type: 'PHONE', value: '371', match: 'CONTAINS' }, 'CONTACT_INFO_CONTAINS'],
    [{ type: 'PHONE', value: '371', match: 'EXACT', category: 'WORK' }, 'CONTACT_INFO'],
    [{ type: 'EMAIL', value: 'a@example.com', match: 'EXACT', isPrimary: true }, 'CONTACT_INFO'],
    [{ type: 'SKYPE', value: 'anna', match: 'EXACT' }, 'CONTACT_INFO'],
  ] as const)('cannot answer %j', (condition, member) => {
    expect(planned({ contactInfos: [condition] })).toEqual({ outcome: 'impossible', code: 'FILTER_UNSUPPORTED', members: [member] });
  });

  it('does not drop a condition that it cannot answer beside one that it can', () => {
    const contactInfos = [
      { type: 'PHONE', value: '+37120000000', match: 'EXACT' },
      { type: 'EMAIL', value: 'anna', match: 'CONTAINS' },
    ] as const;
    expect(planned({ contactInfos })).toMatchObject({ outcome: 'impossible', members: ['CONTACT_INFO_CONTAINS'] });
  });
});

describe('what nothing can match', () => {
  it.each<SourceFilter>([
    { responsibleIds: ['a3f1', '-1', '1e3', '007', '9'.repeat(19), '1 OR 1=1'] },
    { groupIds: ['5)'] },
    { companyIds: ['0x10'] },
    { firstName: 'a\u0000b' },
    { contactInfos: [{ type: 'PHONE', value: 'none', match: 'EXACT' }] },
  ])('is not asked: %j', (filter) => {
    expect(planned(filter)).toEqual({ outcome: 'none' });
  });
});

describe('hostile values', () => {
  it('stay texts within a jsquery literal', () => {
    const value = 'a" OR "1"="1\\@x.com\n';
    const { value: query } = sent({ contactInfos: [{ type: 'EMAIL', value, match: 'EXACT' }] }) as { value: string };
    const literals = JSON.parse(`[${/^# IN \((.*)\)$/s.exec(query)?.[1]}]`) as string[];
    expect(literals).toContain(value);
  });

  it.each(['a.*', '(x|y)', '[^a]', '^$', 'a{1}', 'back\\slash', '***:x', "O'Neil-Ärger ]"])(
    'match only themselves in a pattern: %s',
    (name) => {
      const { value: pattern } = sent({ lastName: name }) as { value: string };
      for (const flags of ['', 'u']) {
        const expression = new RegExp(pattern, flags);
        expect(expression.test(name.toUpperCase())).toBe(true);
        expect(expression.test(`x${name}`)).toBe(false);
        expect(expression.test('anything')).toBe(false);
      }
    },
  );
});

describe('keys', () => {
  it('are equal for the same question put in another order, and differ by order and by value', () => {
    expect(runnable({ groupIds: ['5', '6'] }).key).toBe(runnable({ groupIds: ['6', '5', '6'] }).key);
    expect(runnable({ groupIds: ['5'] }).key).not.toBe(runnable({ groupIds: ['6'] }).key);
    expect(runnable({}).key).not.toBe(runnable({}, { field: 'DISPLAY_NAME', direction: 'DESC' }).key);
  });
});
