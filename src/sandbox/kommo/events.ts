import type { Reply } from '../crm-server.ts';
import type { ApiCall } from './call.ts';
import { listReply } from './list.ts';
import { branchAt, textAt, valuesOf } from './query-tree.ts';
import type { KommoEventRow } from './rows.ts';

/** Answers `GET events`: the newest first. Types are given in one text with commas, or one by one. */
export function listEvents(call: ApiCall): Reply {
  const filter = branchAt(call.request.tree, 'filter');
  const types = new Set(valuesOf(filter.get('type') ?? '').flatMap((text) => text.split(',')));
  const from = Number(textAt(branchAt(call.request.tree, 'filter').get('created_at'), 'from') ?? 0);
  const rows = call.data.events.filter(({ type, created_at }) => (types.size === 0 || types.has(type)) && created_at >= from);
  return listReply<KommoEventRow>(
    {
      key: 'events',
      rows,
      filters: { type: () => () => true, entity: () => () => true, created_at: () => () => true },
      orders: {},
      defaultOrder: 'id',
      toWire: (row) => ({ ...row, created_by: 0, account_id: call.data.account.id, value_before: [], value_after: [] }),
    },
    call.request,
    { ...call.settings.habits, isApiFilterEnabled: true, unwritableIds: new Set() },
  );
}
