/** A row and the record that is made of it: so many times the length of its text. */
const BYTES_PER_CHARACTER = 6;
const ROW_BYTES_MIN = 500;

/** Roughly what an answer takes in memory, in bytes. @param length Of its text. */
export function answerBytes(length: number): number {
  return length * BYTES_PER_CHARACTER;
}

/** Roughly what each of the rows of an answer takes in memory, in bytes. @param bytes Of the whole answer. */
export function bytesPerRow(bytes: number, rows: number): number {
  return Math.max(ROW_BYTES_MIN, Math.ceil(bytes / Math.max(1, rows)));
}
