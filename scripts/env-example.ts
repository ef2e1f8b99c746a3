/** Wider comments are broken into lines. */
const WIDTH = 100;

/**
 * Makes `.env.example` of docs/settings.md: every setting of its tables under the heading of its table, commented out, with its default and
 * what it means.
 */
export function envExample(settingsPage: string): string {
  const sections = settingsPage.split(/^## /m).slice(1);
  const head = ['Copy to .env and take the # away before the settings that you need; docs/settings.md says more.'];
  return `${[comment(head), ...sections.map(sectionOf)].join('\n\n')}\n`;
}

function sectionOf(section: string): string {
  const heading = section.split('\n', 1)[0] ?? '';
  const rows = [...section.matchAll(/^\| `([A-Z_]+)` +\| (.+?) +\| (.+?) +\|$/gm)];
  const entries = rows.map(
    ([, name = '', byDefault = '', meaning = '']) => `${comment(lines(plain(meaning)))}\n#${name}=${defaultOf(byDefault)}`,
  );
  return [`# ---- ${heading} ----`, ...entries].join('\n\n');
}

/** The default alone; nothing where it is none or depends on other settings. */
function defaultOf(text: string): string {
  return /^`([^`]*)`$/.exec(text)?.[1] ?? '';
}

/** Markdown without its marks. */
function plain(text: string): string {
  return text.replace(/\[([^\]]*)\]\(([^)]*)\)/g, 'docs/$2').replaceAll('`', '');
}

function lines(text: string): string[] {
  const broken: string[] = [''];
  for (const word of text.split(' ')) {
    const last = broken.at(-1) ?? '';
    if (last !== '' && last.length + word.length + 1 > WIDTH) broken.push(word);
    else broken[broken.length - 1] = last === '' ? word : `${last} ${word}`;
  }
  return broken;
}

function comment(texts: readonly string[]): string {
  return texts.map((text) => `# ${text}`).join('\n');
}
