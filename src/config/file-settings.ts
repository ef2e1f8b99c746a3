/** Settings and what was wrong with the files that some of them name. */
export interface FromFiles<Value> {
  readonly given: Readonly<Record<string, Value | string>>;
  /** Each names its setting, and shows neither path nor content. */
  readonly faults: readonly string[];
}

/** Files for one setting; a longer one is not meant. */
const CONTENT_LENGTH_MAX = 1_000_000;

/**
 * Reads the settings that are given as files: `NAME_FILE` names a file that holds the value of NAME, as Docker, Kubernetes and systemd hand secrets
 * to a program. Blanks and line ends around the value are left out.
 *
 * @param given Settings by name.
 * @param known Names that exist; `…_FILE` of anything else is left as it is.
 * @param suffix What a name that names a file ends with: `_FILE`, or `File` in JSON.
 */
export function readFileSettings<Value>(
  given: Readonly<Record<string, Value>>,
  known: ReadonlySet<string>,
  suffix: string,
  readFile: (path: string) => string,
): FromFiles<Value> {
  const values: Record<string, Value | string> = { ...given };
  const faults: string[] = [];
  for (const [fileName, path] of Object.entries(given)) {
    const name = fileName.slice(0, -suffix.length);
    if (!fileName.endsWith(suffix) || !known.has(name) || typeof path !== 'string') continue;
    Reflect.deleteProperty(values, fileName);
    const content = given[name] === undefined ? contentOf(path, readFile) : new Error(`give ${name} or ${fileName}, not both`);
    if (content instanceof Error) faults.push(`${fileName}: ${content.message}`);
    else values[name] = content;
  }
  return { given: values, faults };
}

function contentOf(path: string, readFile: (path: string) => string): string | Error {
  try {
    const content = readFile(path);
    if (content.length > CONTENT_LENGTH_MAX) return new Error('the file is too long for a setting');
    return content.trim() === '' ? new Error('the file is empty') : content.trim();
  } catch {
    return new Error('the file cannot be read');
  }
}
