import type { FC } from 'react';
import { useQuery } from '@apollo/client/react';
import { SOURCES } from './operations.ts';

const EVERY_MS = 10_000;

/** One light for each CRM. Reading it calls no CRM. */
export const SourceHealth: FC = () => {
  const { data } = useQuery(SOURCES, { pollInterval: EVERY_MS, fetchPolicy: 'cache-and-network' });
  return (
    <ul className="sources" aria-label="CRMs">
      {data?.sources?.map(({ id, displayName, health }) => (
        <li key={id} className={`source ${health.status === 'OK' || health.status === 'UNKNOWN' ? 'well' : 'failing'}`}>
          {displayName}
          <span>{health.error?.message ?? (health.latencyMs === null ? health.status : `${health.latencyMs} ms`)}</span>
        </li>
      ))}
    </ul>
  );
};
