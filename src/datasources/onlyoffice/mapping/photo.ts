import { SourceError } from '../../port/source-error.ts';
import type { HttpResponse } from '../../http/source-http.ts';
import { trimmedEnd } from '../../wire/trim-text.ts';
import { textOrNull } from '../../wire/wire-reply.ts';
import { toAbsoluteUrl } from './user.ts';
import { ofOneRecord, readReply } from '../reply.ts';

/** Pictures that stand for "no photo", by the beginning of their file names: empty_people_logo_82_82.png, empty_company_logo_… */
const STAND_IN = /^(empty|default)[_-]/i;
/** A path of the site, or a whole address. */
const ADDRESS = /^(https?:\/)?\/[^<>\s{]*$/i;
/** Spelled as the portal spells it. */
const HANDLER_ACTION = 'contactphotoulr';

/**
 * Makes the path and query to call for a photo's address out of what a row holds.
 *
 * @returns null when it leads away from the portal: the call carries our token.
 */
export function toPhotoPath(key: string, portalUrl: string): { readonly path: string; readonly query: string } | null {
  const portal = new URL(portalUrl);
  if (!URL.canParse(key, portal)) return null;
  const url = new URL(key, portal);
  if (url.origin !== portal.origin || url.username !== '' || url.password !== '') return null;
  // A path is relative to the site, of which the configured URL may be a part.
  const prefix = trimmedEnd(portal.pathname, '/');
  const path = prefix !== '' && url.pathname.startsWith(`${prefix}/`) ? url.pathname.slice(prefix.length) : url.pathname;
  return { path, query: url.search.slice(1) };
}

/**
 * Reads the text with which the portal answers for a photo: the address of the picture.
 *
 * @returns null when the contact has no photo.
 * @throws SourceError BAD_RESPONSE when the text is no address; by status as `readReply`.
 */
export function readPhotoUrl(source: string, portalUrl: string, response: HttpResponse, now: number): string | null {
  if (response.status === 404 || response.status === 204) return null;
  // Throws for everything that is not a success: a photo's answer has no envelope.
  if (response.status !== 200) ofOneRecord(() => readReply(source, response, now));
  const text = textOrNull(response.text.replace(/^\uFEFF/, '').replace(/^\s*"(.*)"\s*$/s, '$1'));
  if (text === null) return null;
  const url = ADDRESS.test(text) ? toAbsoluteUrl(text, portalUrl) : null;
  if (url === null) throw new SourceError(source, 'BAD_RESPONSE', `${source} did not answer with the address of a photo.`);
  const { pathname, searchParams } = new URL(url);
  const fileName = pathname.split('/').at(-1) ?? '';
  // The handler's own address shows no picture: it answers with text.
  return fileName === '' || STAND_IN.test(fileName) || searchParams.get('action') === HANDLER_ACTION ? null : url;
}
