/** A line of a package's file that the bundle has otherwise. */
export interface ReplacedLine {
  /** Below `node_modules`. */
  readonly file: string;
  readonly text: string;
  readonly by: string;
}
export const REPLACED: readonly ReplacedLine[];
