/** In front of the 31st mark in a row. @see https://www.unicode.org/reports/tr15/#Stream_Safe_Text_Format */
const LONG_RUN_OF_MARKS = /\p{M}{30}(?=\p{M})/gu;
/** COMBINING GRAPHEME JOINER: keeps the marks before it from being sorted with those after it. */
const JOINER = '\u034f';

/**
 * Normalises a text in linear time: `String.normalize` sorts each run of combining marks, which takes seconds for a run of some 100,000. Texts with
 * more than 30 marks on one letter, which no language has, get a joiner in between.
 */
export function normalForm(text: string, form: 'NFC' | 'NFD' | 'NFKD'): string {
  return text.replace(LONG_RUN_OF_MARKS, (marks) => marks + JOINER).normalize(form);
}

/** Makes the form in which texts are equal ignoring case: upper before lower, so that ß and SS are one. */
export function folded(text: string): string {
  return normalForm(normalForm(text.trim(), 'NFC').toUpperCase().toLowerCase(), 'NFC');
}
