import { isDamaged } from '../../datasources/port/member.ts';
import type { CustomFieldOptionRecord, CustomFieldRecord } from '../../datasources/port/records/custom-field.ts';
import type { RequestContext } from '../context.ts';

type Options = readonly CustomFieldOptionRecord[];

/**
 * Names the options that a contact's row gives by code or id alone, where the request reads the account's definitions for other fields anyhow; they
 * are left as they are otherwise. A promise only where there are such options. Cost: no call.
 */
export function namedOptions(source: string, options: Options, context: RequestContext): Options | Promise<Options> {
  return options.some(({ lacksName }) => lacksName) ? withNames(source, options, context) : options;
}

async function withNames(source: string, options: Options, { loaders }: RequestContext): Promise<Options> {
  // The fields beside this one, which may need the definitions, begin in the same turn.
  await Promise.resolve();
  const definitions = await loaders.referencesUnderWay(source, 'customFields')?.catch(leaveToFields);
  if (definitions === undefined) return options;
  const nameById = new Map(definitions.flatMap(optionsOf).map(({ idInSource, label }) => [idInSource, label]));
  return options.map((option) => (option.lacksName ? { ...option, label: nameById.get(option.idInSource) ?? option.label } : option));
}

function optionsOf({ options }: CustomFieldRecord): Options {
  return isDamaged(options) ? [] : (options ?? []);
}

/** The fields that asked for the definitions report why they are not there. */
function leaveToFields(): undefined {}
