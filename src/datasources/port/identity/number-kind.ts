import { parsePhoneNumberFromString } from 'libphonenumber-js/max';

/** Numbers that a company has, and no person. */
const COMPANY_KINDS: ReadonlySet<string | undefined> = new Set(['TOLL_FREE', 'PREMIUM_RATE', 'SHARED_COST', 'UAN', 'VOICEMAIL']);

/** Whether a number in E.164 is a free-phone, premium or company-wide one, by the numbering plan of its country. */
export function isCompanyNumber(e164: string): boolean {
  return COMPANY_KINDS.has(parsePhoneNumberFromString(e164)?.getType());
}
