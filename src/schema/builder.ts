import SchemaBuilder from '@pothos/core';
import { authorize } from './authorize.ts';
import type { Member } from '../datasources/port/member.ts';
import type { RequestContext } from './context.ts';
import { CrmPlugin } from './crm-plugin.ts';
import { ValueBudgetPlugin } from './budget/value-budget-plugin.ts';
import { TracedFieldsPlugin } from './tracing/traced-fields-plugin.ts';
import { FieldOptionsPlugin } from './field-options-plugin.ts';

/** A record together with the name of the source that it came from: ids are made of both. */
export interface OfSource<R> {
  readonly source: string;
  readonly record: R;
}

SchemaBuilder.registerPlugin('fieldOptions', FieldOptionsPlugin);
SchemaBuilder.registerPlugin('crms', CrmPlugin);
SchemaBuilder.registerPlugin('valueBudget', ValueBudgetPlugin);
SchemaBuilder.registerPlugin('tracedFields', TracedFieldsPlugin);

/** Collects the types; `schema.ts` builds them. No file that defines a type may import `schema.ts`. */
export const builder = new SchemaBuilder<{
  Context: RequestContext;
  Scalars: {
    ID: { Input: string; Output: string };
    String: { Input: string; Output: Member<string> };
    Boolean: { Input: boolean; Output: Member<boolean> };
    Int: { Input: number; Output: Member<number> };
    Float: { Input: number; Output: Member<number> };
    /** A calendar day as RFC 3339 full-date text. */
    Date: { Input: string; Output: string };
    DateTime: { Input: Date; Output: Member<Date> };
  };
}>({ plugins: ['fieldOptions', 'crms', 'valueBudget', 'tracedFields'], fieldOptions: { authorize } });

builder.queryType({
  description: 'Everything that can be read. A root field that fails is null with an error; the others are not affected.',
});
builder.mutationType({ description: 'Everything that can be changed. The mutations of one request run one after another.' });
