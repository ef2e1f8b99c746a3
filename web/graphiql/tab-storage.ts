import type { Storage as GraphiqlStorage } from '@graphiql/toolkit';

/** GraphiQL's own names, as its store writes them. */
const PREFIX = 'graphiql:';
const TABS = `${PREFIX}tabState`;
/** The editors' contents, which the tabs hold too. */
const IN_THE_TAB: Readonly<Record<string, 'query' | 'variables'>> = { [`${PREFIX}query`]: 'query', [`${PREFIX}variables`]: 'variables' };

/**
 * Keeps the tabs from one visit to the next. GraphiQL keeps the open editor a second time, and opens an empty tab when the two differ, as they
 * do after a first visit without a change: here the open tab is the editor. Headers are never kept.
 *
 * @param firstTab The one that opens on a first visit.
 */
export function createTabStorage(store: Storage, firstTab: Partial<Record<'query' | 'variables', string>> | undefined): GraphiqlStorage {
  const openTab = (): Readonly<Record<string, unknown>> | undefined => {
    try {
      const kept = store.getItem(TABS);
      if (kept === null) return firstTab;
      const { tabs, activeTabIndex } = JSON.parse(kept) as { tabs?: object[]; activeTabIndex?: number };
      return tabs?.[activeTabIndex ?? 0] as Record<string, unknown> | undefined;
    } catch {
      return undefined;
    }
  };
  return {
    get length() {
      return store.length;
    },
    clear: () => store.clear(),
    removeItem: (name) => store.removeItem(name),
    getItem(name) {
      const member = IN_THE_TAB[name];
      if (member === undefined) return store.getItem(name);
      const content = openTab()?.[member];
      return typeof content === 'string' ? content : null;
    },
    setItem(name, value) {
      if (!(name in IN_THE_TAB) && name !== `${PREFIX}headers`) store.setItem(name, value);
    },
  };
}
