import { hasFeature, type CrmProfile, type Feature } from '../datasources/port/crm-profile.ts';

/** A feature, and how the sentence about it begins and ends where it is not the usual one. */
export type Availability = Feature | { readonly of: Feature; readonly about?: string; readonly absence?: 'null' | 'empty' | 'false' };

/**
 * Says which CRMs have a feature, for example `Acme only; null in other CRMs.`, and how they differ in it.
 *
 * @param absence What clients see where it is missing; left out: the sentence says nothing of it.
 * @returns '' when all have it and none has a remark.
 */
export function describeAvailability(crms: readonly CrmProfile[], availability: Availability, absence?: string): string {
  const options = typeof availability === 'string' ? { of: availability } : availability;
  const having = crms.filter((crm) => hasFeature(crm, options.of));
  const remarks = having.flatMap(({ displayName, remarks: { [options.of]: remark } = {} }) =>
    remark === undefined ? [] : [`In ${displayName}: ${remark}.`],
  );
  if (having.length === crms.length) return remarks.join(' ');
  const names = having.length === 0 ? 'In no CRM of this gateway' : `${listed(having.map(({ displayName }) => displayName))} only`;
  const missing = options.absence ?? (options.about === undefined ? absence : undefined);
  const sentence = [options.about && `${options.about}: `, names, missing && having.length > 0 && `; ${missing} in other CRMs`, '.'];
  return [sentence.filter(Boolean).join(''), ...remarks].join(' ');
}

/** `A`, `A and B`, `A, B, and C`: as `Intl.ListFormat` has it, which takes 20 ms when it is first made, as it reads the names of all locales. */
function listed(names: readonly string[]): string {
  if (names.length <= 2) return names.join(' and ');
  return `${names.slice(0, -1).join(', ')}, and ${names.at(-1)}`;
}
