import { describe, expect, it } from 'vitest';
import { CONTACT_FIELDS } from '../../../src/sandbox/callgear/field-table.ts';
import { compileFilter } from '../../../src/sandbox/callgear/filtering/filter.ts';
import { RpcError } from '../../../src/sandbox/callgear/rpc-error.ts';

const SETTINGS = { refusesJsquery: false, refusesIn: false, prohibitedFilters: [], ignoredFilters: [], namesRefusedFields: true };

const ROW = {
  id: 6_152_759_362,
  last_name: "O'Neil_50%",
  first_name: null,
  full_name: "O'Neil_50%",
  emails: ['Ann@Example.com', 'a"b\\c@example.com'],
  phone_numbers: ['79990001122', '37120000000'],
  groups: [
    { group_id: 5, group_name: 'VIP' },
    { group_id: 7, group_name: 'Key' },
  ],
  organization_id: 4,
  organization_name: 'Ūsiņš Łódź',
};

function matches(filter: unknown): boolean {
  return compileFilter(filter, CONTACT_FIELDS, SETTINGS)(ROW);
}

function simple(field: string, operator: string, value?: unknown): boolean {
  return matches({ field, operator, ...(value !== undefined && { value }) });
}

function refusal(filter: unknown, settings = SETTINGS): string {
  try {
    compileFilter(filter, CONTACT_FIELDS, settings);
  } catch (error) {
    if (error instanceof RpcError) return error.data.mnemonic;
    throw error;
  }
  return 'accepted';
}

describe('CallGear filter', () => {
  it('nests trees, and takes a lone child without condition', () => {
    const yes = { field: 'organization_id', operator: '=', value: 4 };
    const no = { field: 'organization_id', operator: '=', value: 5 };
    expect(matches({ filters: [no, { filters: [yes, { filters: [yes] }], condition: 'and' }], condition: 'or' })).toBe(true);
    expect(matches({ filters: [yes, no], condition: 'and' })).toBe(false);
    expect(matches({})).toBe(true);
    expect(refusal({ filters: [yes, no] })).toBe('required_parameter_missed');
    expect(refusal({ filters: [yes], condition: 'xor' })).toBe('invalid_parameter_value');
    expect(refusal({ filters: [] })).toBe('invalid_parameter_value');
    expect(refusal({ ...yes, not: true })).toBe('unexpected_parameters');
  });

  it('compares numbers over 32 bit, and lists of them', () => {
    expect(simple('id', '>', 6_152_759_361)).toBe(true);
    expect(simple('id', '<=', 6_152_759_361)).toBe(false);
    expect(simple('id', 'in', [1, 6_152_759_362])).toBe(true);
  });

  it('matches null only when asked for null', () => {
    expect(simple('first_name', '=', null)).toBe(true);
    expect(simple('first_name', '=')).toBe(true);
    expect(simple('first_name', '!=', null)).toBe(false);
    expect(simple('first_name', '!=', 'Ann')).toBe(false);
    expect(simple('first_name', 'like', '%')).toBe(false);
  });

  it('knows which fields filter', () => {
    expect(refusal({ field: 'patronymic', operator: '=', value: 'x' })).toBe('filter_prohibited');
    expect(refusal({ field: 'group_id', operator: '=', value: 5 })).toBe('filter_prohibited');
    expect(refusal({ field: 'created_at', operator: '>', value: 5 })).toBe('unexpected_parameters');
    expect(refusal({ operator: '=', value: 5 })).toBe('required_parameter_missed');
  });

  it('refuses operators and values that do not fit the type', () => {
    for (const [field, operator, value] of [
      ['emails', '=', 'ann@example.com'],
      ['emails', 'like', '%ann%'],
      ['id', 'like', '1%'],
      ['id', '=', '5'],
      ['last_name', '<', 'b'],
      ['last_name', 'ilike', 'o%'],
      ['id', 'not_in', [1]],
      ['id', 'in', []],
      ['id', 'in', ['1']],
      ['last_name', '=', 5],
      ['id', '<', null],
    ]) {
      expect([field, operator, refusal({ field, operator, value })]).toEqual([field, operator, 'invalid_parameter_value']);
    }
  });

  it('can be without in and without jsquery', () => {
    const settings = { ...SETTINGS, refusesJsquery: true, refusesIn: true };
    expect(refusal({ field: 'id', operator: 'in', value: [1] }, settings)).toBe('invalid_parameter_value');
    expect(refusal({ field: 'emails', operator: 'jsquery', value: '# = "a"' }, settings)).toBe('invalid_parameter_value');
  });
});

describe('CallGear like and regexp', () => {
  it('likes by case, with wildcards and escapes', () => {
    expect(simple('last_name', 'like', "O'N%")).toBe(true);
    expect(simple('last_name', 'like', 'o%')).toBe(false);
    expect(simple('last_name', 'like', 'Neil')).toBe(false);
    expect(simple('last_name', 'like', '%50\\%')).toBe(true);
    expect(simple('last_name', 'like', "O'Neil\\_50_")).toBe(true);
    expect(simple('last_name', 'like', "O'Neil\\%50_")).toBe(false);
    expect(simple('organization_name', 'like', '_siņš%')).toBe(true);
    expect(refusal({ field: 'last_name', operator: 'like', value: 'x\\' })).toBe('invalid_parameter_value');
  });

  it('searches by POSIX regular expressions, by case', () => {
    expect(simple('last_name', 'regexp', 'neil')).toBe(false);
    expect(simple('last_name', 'regexp', '[Nn][Ee][Ii][Ll]')).toBe(true);
    expect(simple('organization_name', 'regexp', '^[[:upper:]][^[:space:]]{4} [[:alpha:]]+$')).toBe(true);
    expect(simple('last_name', 'regexp', '(^|x)O.N(ei|ie)l[_-][0-9]{2,}[%]$')).toBe(true);
    expect(simple('last_name', 'regexp', '[]x-]')).toBe(false);
    expect(simple('last_name', 'regexp', '50\\%$')).toBe(true);
  });

  it('refuses what POSIX does not define', () => {
    for (const value of ['(?i)neil', '\\d', 'a*?', 'a**', '(', '[a', '*a', 'a\\', '[[:none:]]', 'a{2,1}']) {
      expect([value, refusal({ field: 'last_name', operator: 'regexp', value })]).toEqual([value, 'invalid_parameter_value']);
    }
  });
});

describe('CallGear jsquery', () => {
  it('finds strings in arrays by equality, case included', () => {
    expect(simple('phone_numbers', 'jsquery', '# = "79990001122"')).toBe(true);
    expect(simple('phone_numbers', 'jsquery', '# = 79990001122')).toBe(false);
    expect(simple('phone_numbers', 'jsquery', '# = "7999"')).toBe(false);
    expect(simple('phone_numbers', 'jsquery', '# IN ("1","37120000000")')).toBe(true);
    expect(simple('phone_numbers', 'jsquery', '$ && ["1", "37120000000"]')).toBe(true);
    expect(simple('phone_numbers', 'jsquery', '$ @> ["79990001122", "37120000000"]')).toBe(true);
    expect(simple('phone_numbers', 'jsquery', '$ @> ["79990001122", "1"]')).toBe(false);
    expect(simple('phone_numbers', 'jsquery', '$ <@ ["79990001122", "37120000000", "1"]')).toBe(true);
    expect(simple('phone_numbers', 'jsquery', '#1 = "37120000000"')).toBe(true);
    expect(simple('emails', 'jsquery', '# = "ann@example.com"')).toBe(false);
    expect(simple('emails', 'jsquery', '# = "\\u0041nn@Example.com"')).toBe(true);
  });

  it('reads escapes in literals, so that an escaped value stays one value', () => {
    expect(simple('emails', 'jsquery', '# = "a\\"b\\\\c@example.com"')).toBe(true);
    expect(simple('emails', 'jsquery', '# = "x\\" OR # = *"')).toBe(false);
    expect(simple('emails', 'jsquery', '# = "x" OR # = *')).toBe(true);
  });

  it('finds objects in arrays', () => {
    expect(simple('groups', 'jsquery', '#(group_id = 5)')).toBe(true);
    expect(simple('groups', 'jsquery', '#.group_id = 7')).toBe(true);
    expect(simple('groups', 'jsquery', '#(group_id IN (1,7))')).toBe(true);
    expect(simple('groups', 'jsquery', '#(group_id = 5 AND group_name = "Key")')).toBe(false);
    expect(simple('groups', 'jsquery', '#.group_id = 5 and #.group_name = "Key"')).toBe(true);
    expect(simple('groups', 'jsquery', '#:.group_id >= 5')).toBe(true);
    expect(simple('groups', 'jsquery', '*.group_name = VIP')).toBe(true);
    expect(simple('groups', 'jsquery', '#.group_id IS STRING')).toBe(false);
    expect(simple('groups', 'jsquery', '#.?(group_id > 6).group_name = "VIP"')).toBe(false);
  });

  it('counts, negates and groups', () => {
    expect(simple('groups', 'jsquery', '@# > 0')).toBe(true);
    expect(simple('groups', 'jsquery', '@# = 3')).toBe(false);
    expect(simple('groups', 'jsquery', 'NOT #(group_id = 9)')).toBe(true);
    expect(simple('groups', 'jsquery', 'NOT @# = 2 AND @# = 9 OR @# = 2')).toBe(true);
    expect(simple('groups', 'jsquery', 'NOT @# = 2 AND (@# = 9 OR @# = 2)')).toBe(false);
  });

  it('refuses what is no jsquery', () => {
    for (const value of [
      '',
      '# =',
      '# = "x',
      '# = "\\x"',
      '# = "a" | # = "b"',
      '# != "a"',
      '# IN ()',
      '# LIKE "a"',
      '(# = 1',
      '# > "a"',
      5,
      null,
    ]) {
      expect([value, refusal({ field: 'emails', operator: 'jsquery', value })]).toEqual([value, 'invalid_parameter_value']);
    }
  });
});
