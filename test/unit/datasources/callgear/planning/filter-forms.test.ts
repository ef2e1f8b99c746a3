import { describe, expect, it } from 'vitest';
import { joined, type Condition, type WireFilter } from '../../../../../src/datasources/callgear/planning/filter.ts';
import { FilterForms } from '../../../../../src/datasources/callgear/planning/filter-forms.ts';
import { RefusalMemory } from '../../../../../src/datasources/cache/refusal-memory.ts';
import { CallgearError } from '../../../../../src/datasources/callgear/rpc-error.ts';

const MANAGERS: Condition = { kind: 'numberIn', field: 'personal_manager_id', ids: ['5', '6'], member: 'RESPONSIBLE' };
const PHONES: Condition = { kind: 'holdsText', field: 'phone_numbers', texts: ['1', '2'], member: 'CONTACT_INFO' };
const GROUPS: Condition = { kind: 'holdsGroup', field: 'groups', ids: ['5'], member: 'GROUP' };
const NAME: Condition = { kind: 'regexp', field: 'first_name', pattern: 'a', member: 'FIRST_NAME' };

const query = (condition: Condition) => ({ method: 'get.contacts', condition, call: {} });
const newForms = () => new FilterForms('callgear', new RefusalMemory(60_000, () => 1_790_000_000_000));

function refusal(mnemonic = 'invalid_parameter_value', field: string | null = null, value: unknown = null): CallgearError {
  return new CallgearError('callgear', 'BAD_RESPONSE', 'refused', { mnemonic, field, value }, {});
}

/** Tries that are refused when their text has one of `refused` in it. */
function tries(refused: readonly string[], error = refusal()) {
  const sent: string[] = [];
  const attempt = (filter: WireFilter): Promise<string> => {
    const text = JSON.stringify(filter);
    sent.push(text);
    return refused.some((part) => text.includes(part)) ? Promise.reject(error) : Promise.resolve(text);
  };
  return { sent, attempt };
}

const both = (...conditions: Condition[]): Condition => joined('all', conditions) ?? NAME;

describe('a filter whose form is a guess', () => {
  it('is sent once when the first guess is right', async () => {
    const { sent, attempt } = tries([]);
    expect(await newForms().run(query(PHONES), attempt)).toContain('# IN (\\"1\\", \\"2\\")');
    expect(sent).toHaveLength(1);
  });

  it('falls back to another form when it is refused, and remembers it for the method and field', async () => {
    const forms = newForms();
    const { sent, attempt } = tries(['"in"']);
    expect(JSON.parse(await forms.run(query(MANAGERS), attempt))).toEqual({
      filters: [
        { field: 'personal_manager_id', operator: '=', value: 5 },
        { field: 'personal_manager_id', operator: '=', value: 6 },
      ],
      condition: 'or',
    });
    await forms.run(query(MANAGERS), attempt);
    expect(sent).toHaveLength(3);
  });

  it.each([
    [['# IN'], '$ && [\\"1\\", \\"2\\"]'],
    [['# IN', '$ &&'], '# = \\"1\\"'],
  ])('finds the jsquery that is taken when %j is not', async (refused, accepted) => {
    expect(await newForms().run(query(PHONES), tries(refused).attempt)).toContain(accepted);
  });

  it('finds the other form for groups', async () => {
    expect(await newForms().run(query(GROUPS), tries(['#(']).attempt)).toContain('#.group_id = 5');
  });

  it('takes an error with a text of its own for a refusal too', async () => {
    const { sent, attempt } = tries(['# IN'], refusal('error'));
    await newForms().run(query(PHONES), attempt);
    expect(sent).toHaveLength(2);
  });

  it('changes only the form of the field that CallGear names', async () => {
    const { sent, attempt } = tries(['"in"'], refusal('invalid_parameter_value', 'filter.personal_manager_id'));
    await newForms().run(query(both(PHONES, MANAGERS)), attempt);
    expect(sent).toHaveLength(2);
    expect(sent[1]).toContain('# IN');
  });

  it('finds the field by the operator or value that CallGear repeats', async () => {
    const { sent, attempt } = tries(['"in"'], refusal('invalid_parameter_value', 'operator', 'in'));
    await newForms().run(query(both(PHONES, MANAGERS)), attempt);
    expect(sent).toHaveLength(2);
  });

  it('tries both when CallGear names neither', async () => {
    const { attempt } = tries(['# IN', '"in"']);
    const text = await newForms().run(query(both(PHONES, MANAGERS)), attempt);
    expect(text).toContain('$ &&');
    expect(text).toContain('"="');
  });
});

describe('a filter that is refused in every form', () => {
  it('is unsupported, and names the member', async () => {
    const forms = newForms();
    await expect(forms.run(query(both(NAME, PHONES)), tries(['jsquery']).attempt)).rejects.toMatchObject({
      code: 'FILTER_UNSUPPORTED',
      unsupportedFilters: ['CONTACT_INFO'],
    });
  });

  it('names the member that CallGear names', async () => {
    const { sent, attempt } = tries(['regexp'], refusal('filter_prohibited', 'first_name'));
    await expect(newForms().run(query(both(NAME, PHONES)), attempt)).rejects.toMatchObject({
      unsupportedFilters: ['FIRST_NAME'],
    });
    expect(sent).toHaveLength(1);
  });
});

describe('a refusal', () => {
  it('of a field is remembered for all values, for a while, and not for calls that want to know anew', async () => {
    let now = 0;
    const forms = new FilterForms('callgear', new RefusalMemory(60_000, () => now));
    const { sent, attempt } = tries(['first_name'], refusal('filter_prohibited', 'first_name'));
    const other: Condition = { ...NAME, pattern: 'other' };
    for (const condition of [NAME, other]) {
      await expect(forms.run(query(condition), attempt)).rejects.toMatchObject({ unsupportedFilters: ['FIRST_NAME'] });
    }
    expect(sent).toHaveLength(1);
    await expect(forms.run({ ...query(other), call: { freshAfter: 1 } }, attempt)).rejects.toMatchObject({ code: 'FILTER_UNSUPPORTED' });
    expect(sent).toHaveLength(2);
    now = 60_001;
    await expect(forms.run(query(NAME), attempt)).rejects.toMatchObject({ code: 'FILTER_UNSUPPORTED' });
    expect(sent).toHaveLength(3);
  });

  it('of a value says nothing of other values', async () => {
    const forms = newForms();
    const { attempt } = tries(['"value":"a"'], refusal('invalid_parameter_value', 'first_name', 'a'));
    await expect(forms.run(query(NAME), attempt)).rejects.toMatchObject({ unsupportedFilters: ['FIRST_NAME'] });
    expect(await forms.run(query({ ...NAME, pattern: 'b' }), attempt)).toContain('"b"');
  });

  it('in words that are not known, under the code of refused parameters, names the members of the filter', async () => {
    const error = new CallgearError('callgear', 'BAD_RESPONSE', 'refused', { mnemonic: 'no_such_thing_here', code: -32_602 }, {});
    const { sent, attempt } = tries(['first_name'], error);
    const forms = newForms();
    for (let list = 0; list < 2; list += 1) {
      await expect(forms.run(query(NAME), attempt)).rejects.toMatchObject({
        code: 'FILTER_UNSUPPORTED',
        unsupportedFilters: ['FIRST_NAME'],
      });
    }
    expect(sent).toHaveLength(1);
  });
});

describe('other errors', () => {
  it.each([refusal('access_token_invalid'), refusal('unexpected_parameters', 'fields'), refusal('invalid_parameter_value', 'limit')])(
    'are not tried again: $mnemonic $field',
    async (error) => {
      const { sent, attempt } = tries(['in'], error);
      await expect(newForms().run(query(MANAGERS), attempt)).rejects.toBe(error);
      expect(sent).toHaveLength(1);
    },
  );
});
