import { isDamaged } from '../../port/member.ts';
import type { UserReference } from '../../port/records/staff.ts';
import { httpUrlOrNull, textOrNull } from '../../wire/wire-reply.ts';
import type { WireValue } from '../../wire/wire-value.ts';

const EMPTY_GUID = '00000000-0000-0000-0000-000000000000';

/**
 * Reads a user. All that the API says of one stands on the row, so nothing is left to look up. The removed user keeps the name the portal shows.
 *
 * @returns null for nobody, whom the portal also writes as the Guid of zeros.
 * @throws Unreadable for one without an id.
 */
export function readUser(user: WireValue, portalUrl: string): UserReference | null {
  if (user.isEmpty) return null;
  const idInSource = user.object().at('id').requiredText().toLowerCase();
  if (idInSource === EMPTY_GUID) return null;
  const text = (key: string) => user.at(key).member((value) => value.text());
  const url = (key: string) => {
    const address = text(key);
    return isDamaged(address) ? address : toAbsoluteUrl(address, portalUrl);
  };
  return {
    idInSource,
    known: {
      displayName: text('displayName'),
      jobTitle: text('title'),
      email: null,
      avatarUrl: url('avatarSmall'),
      profileUrl: url('profileUrl'),
      group: null,
    },
  };
}

/** Makes a site-relative address absolute; null for what is no http or https address. */
export function toAbsoluteUrl(text: string | null | undefined, portalUrl: string): string | null {
  const trimmed = textOrNull(text);
  if (trimmed === null || !URL.canParse(trimmed, `${portalUrl}/`)) return null;
  return httpUrlOrNull(new URL(trimmed, `${portalUrl}/`).href);
}
