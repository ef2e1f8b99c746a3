import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { GraphiQL } from 'graphiql';
import { EXAMPLES } from 'virtual:examples';
import { editorShown } from './editor-shown.ts';
import { createFetcher } from './fetch-operation.ts';
import { nameEditors } from './name-editors.ts';
import { PageHeader } from './page-header.tsx';
import { createTabStorage } from './tab-storage.ts';

const root = document.querySelector('#root');
if (root === null) throw new Error('The page has no #root.');

nameEditors(root);
const fetcher = createFetcher(editorShown(root));
createRoot(root).render(
  <StrictMode>
    <PageHeader />
    <main>
      <GraphiQL
        fetcher={fetcher}
        defaultTabs={[...EXAMPLES]}
        storage={createTabStorage(globalThis.localStorage, EXAMPLES[0])}
        // Headers belong to one tab and would be kept: the key and the switches in the page's header serve all tabs, and are forgotten with the page.
        isHeadersEditorEnabled={false}
        shouldPersistHeaders={false}
        defaultEditorToolsVisibility="variables"
        schemaDescription
      >
        <GraphiQL.Logo>{null}</GraphiQL.Logo>
      </GraphiQL>
    </main>
  </StrictMode>,
);
