import { useState, type FC } from 'react';
import { useSchemaStore } from '@graphiql/react';
import { setRequestOptions } from './request-options.ts';

/** The name, ways to the other pages, and what is sent with every tab: the key, and how answers are made. */
export const PageHeader: FC = () => {
  const store = useSchemaStore();
  const [key, setKey] = useState('');
  const [triedKey, setTriedKey] = useState('');
  const tryKey = () => {
    if (key === triedKey) return;
    setTriedKey(key);
    // With this key the schema may come that was refused before.
    void store.introspect();
  };
  return (
    <header className="page-header">
      <h1>crm-gateway</h1>
      <nav aria-label="Pages">
        <a href="/">Status</a>
        <a href="/schema.graphql">Schema</a>
      </nav>
      <form
        autoComplete="off"
        onSubmit={(event) => {
          event.preventDefault();
          tryKey();
        }}
      >
        <label title="Reads rows from the CRMs again instead of from the cache">
          <input type="checkbox" onChange={(event) => setRequestOptions({ isFresh: event.target.checked })} />
          Fresh
        </label>
        <label title="Says in extensions.plan how the answer was made">
          <input type="checkbox" onChange={(event) => setRequestOptions({ isExplained: event.target.checked })} />
          Explain
        </label>
        <input
          type="password"
          aria-label="API key for all tabs"
          aria-invalid={!store.isFetching && !store.schema && store.fetchError !== null}
          placeholder="API key"
          title="Sent with every tab, and forgotten when the page is closed"
          autoComplete="off"
          spellCheck={false}
          onChange={(event) => {
            setKey(event.target.value.trim());
            setRequestOptions({ key: event.target.value.trim() });
          }}
          onBlur={tryKey}
        />
      </form>
    </header>
  );
};
