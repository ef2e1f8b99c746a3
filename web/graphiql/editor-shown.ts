const EDITOR = '.graphiql-query-editor .CodeMirror-line';
/** The page has no editor where GraphiQL failed; whoever waits for it goes on then. */
const PATIENCE_MS = 5_000;

/** Waits until the editor stands in the page and was painted, so that nothing else delays it. */
export async function editorShown(root: Element): Promise<void> {
  await new Promise<void>((resolve) => {
    const end = () => {
      observer.disconnect();
      clearTimeout(patience);
      resolve();
    };
    const observer = new MutationObserver(() => {
      if (root.querySelector(EDITOR) !== null) end();
    });
    const patience = setTimeout(end, PATIENCE_MS);
    observer.observe(root, { childList: true, subtree: true });
    if (root.querySelector(EDITOR) !== null) end();
  });
  await new Promise((resolve) => void setTimeout(resolve));
}
