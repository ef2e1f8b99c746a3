import type { Exchange, Reply } from '../crm-server.ts';
import type { Portal } from './portal.ts';

const SIZES: Readonly<Record<string, string>> = { 1: '40_40', 2: '82_82', 3: '200_200' };

/**
 * Answers for the photo handler, whose address contacts carry as their photo: with the text of the photo's real, relative URL.
 *
 * Contacts without a photo, and contacts that do not exist, get a default picture's URL. undefined when the request is for something else.
 */
export function photoReply(portal: Portal, exchange: Exchange): Reply | undefined {
  if (exchange.path.toLowerCase() !== '/products/crm/httphandlers/filehandler.ashx') return undefined;
  const { query } = exchange;
  const size = SIZES[query.get('ps') ?? ''];
  const id = Number(query.get('cid'));
  if (query.get('action') !== 'contactphotoulr' || size === undefined || !Number.isSafeInteger(id)) {
    return { status: 500, headers: { 'content-type': 'text/html; charset=utf-8' }, body: '<html><title>Runtime Error</title></html>' };
  }
  const contact = portal.contacts.find((candidate) => candidate.id === id);
  const body = contact?.hasPhoto ? photoUrl(id, size) : defaultPictureUrl(query.get('isc')?.toLowerCase() === 'true', size);
  return { status: 200, headers: { 'content-type': 'text/html; charset=utf-8', 'cache-control': 'private' }, body };
}

function photoUrl(id: number, size: string): string {
  const digits = String(id).padStart(6, '0');
  const folder = `${digits.slice(0, 2)}/${digits.slice(2, 4)}/${digits.slice(4)}`;
  return `/storage/crm/root/photos/${folder}/contact_${id}_${size}.jpeg?cd=638500000000000000`;
}

function defaultPictureUrl(isCompany: boolean, size: string): string {
  return `/Products/CRM/App_Themes/default/images/empty_${isCompany ? 'company' : 'people'}_logo_${size}.png`;
}
