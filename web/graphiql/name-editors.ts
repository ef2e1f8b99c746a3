/** Where each editor stands in GraphiQL's page. */
const EDITORS = [
  ['.graphiql-query-editor', 'Operation'],
  ['.graphiql-editor-tool', 'Variables'],
  ['.graphiql-response', 'Answer'],
] as const;

/** Gives the editors the names that screen readers say, and lets the keyboard scroll them: CodeMirror does neither. */
export function nameEditors(root: Element): void {
  const observer = new MutationObserver(() => {
    const named = EDITORS.filter(([place, name]) => nameEditor(root.querySelector(place), name));
    if (named.length === EDITORS.length) observer.disconnect();
  });
  observer.observe(root, { childList: true, subtree: true });
}

function nameEditor(place: Element | null, name: string): boolean {
  const text = place?.querySelector('.CodeMirror textarea') ?? null;
  const scroller = place?.querySelector('.CodeMirror-scroll') ?? null;
  if (text === null || scroller === null) return false;
  text.setAttribute('aria-label', name);
  scroller.setAttribute('tabindex', '0');
  scroller.setAttribute('role', 'group');
  scroller.setAttribute('aria-label', `${name}, text`);
  return true;
}
