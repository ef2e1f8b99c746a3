import { emptyContact } from '../../datasources/port/records/empty-contact.ts';
import type { IdentityKit } from './identity-kit.ts';

/** Makes of a name, as people write it, what the names of contacts are compared with. */
export function hashName(name: string, kit: IdentityKit): readonly number[] {
  const nobody = emptyContact({ source: '', entity: 'contact', kind: 'PERSON', idInSource: '' });
  return kit.hashed({ ...nobody, displayName: name, firstName: name }).name;
}
