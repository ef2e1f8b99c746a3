/** Calling codes of two digits; 1 and 7 have one digit, all others three. */
const TWO_DIGIT_CALLING_CODES = new Set(
  '20 27 30 31 32 33 34 36 39 40 41 43 44 45 46 47 48 49 51 52 53 54 55 56 57 58 60 61 62 63 64 65 66 81 82 84 86 90 91 92 93 94 95 98'.split(
    ' ',
  ),
);

function callingCodeLength(digits: string): number {
  if (digits.startsWith('1') || digits.startsWith('7')) return 1;
  return TWO_DIGIT_CALLING_CODES.has(digits.slice(0, 2)) ? 2 : 3;
}

/** Splits an E.164 number into calling code and national digits. */
export function splitPhone(phone: string): { callingCode: string; national: string } {
  const digits = phone.replace(/\D/g, '');
  const length = callingCodeLength(digits);
  return { callingCode: digits.slice(0, length), national: digits.slice(length) };
}

function dashed(national: string): string {
  const half = Math.ceil(national.length / 2);
  return `${national.slice(0, half)}-${national.slice(half)}`;
}

/** Writes an E.164 number down as the staff of this account do: Kommo keeps whatever was typed. */
export function spellPhone(phone: string, style: number): string {
  const { callingCode, national } = splitPhone(phone);
  if (callingCode === '7' && national.length === 10 && style % 3 === 1) {
    return `8 (${national.slice(0, 3)}) ${national.slice(3, 6)}-${national.slice(6, 8)}-${national.slice(8)}`;
  }
  switch (style % 6) {
    case 1:
      return `${callingCode}${national}`;
    case 2:
      return `+${callingCode} ${dashed(national)}`;
    case 3:
      return `(${callingCode})${national}`;
    case 4:
      return `+${callingCode} (${national.slice(0, 2)}) ${national.slice(2)}`;
    case 5:
      return style % 18 === 5 ? `00${callingCode} ${national}` : `+${callingCode}.${national}`;
    default:
      return `+${callingCode}${national}`;
  }
}

/** Writes an e-mail address down in one of three cases. */
export function spellEmail(email: string, style: number): string {
  if (style % 4 === 1) return email.toUpperCase();
  if (style % 4 === 2)
    return email.replace(/(^|[.@_-])([a-z])/g, (_match, before: string, letter: string) => before + letter.toUpperCase());
  return email;
}
