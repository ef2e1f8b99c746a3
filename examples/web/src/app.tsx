import { useState, type FC } from 'react';
import { ContactList } from './contact-list.tsx';
import { SourceHealth } from './source-health.tsx';
import { isPhone } from './to-filter.ts';
import { useSettled } from './use-settled.ts';

export const App: FC = () => {
  const [typed, setTyped] = useState('');
  const settled = useSettled(typed.trim());
  return (
    <>
      <header>
        <h1>Contacts</h1>
        <SourceHealth />
        <input
          type="search"
          value={typed}
          aria-label="Search by name, phone or e-mail"
          placeholder="Name, phone or e-mail"
          onChange={(event) => setTyped(event.target.value)}
        />
      </header>
      <main>
        <h2>{settled === '' ? 'Everyone' : isPhone(settled) ? `Who has ${settled}?` : `Found for “${settled}”`}</h2>
        <ContactList typed={settled} />
      </main>
    </>
  );
};
