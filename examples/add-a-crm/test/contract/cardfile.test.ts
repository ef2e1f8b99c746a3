import { startCardfileSandbox } from '../../src/sandbox/cardfile/cardfile-sandbox.ts';
import { describeContactSource } from './contact-source.contract.ts';

describeContactSource({
  kind: 'Cardfile',
  listRoute: 'GET /people',
  rowsOf: (body) => (body as { people: unknown[] }).people,
  async start() {
    const sandbox = await startCardfileSandbox({ people: 120 });
    const ids = () => sandbox.cards.map(({ id }) => String(id));
    return {
      ...sandbox,
      environment: { CARDFILE_URL: sandbox.url, CARDFILE_TOKEN: sandbox.token },
      contactIds: ids,
      idsOf: (entity) => (entity === 'contact' ? ids() : []),
      references: () => ({}),
    };
  },
  oddRows: {
    null: () => null,
    'without an id': ({ id: _id, ...row }) => row,
    'with an id of words': (row) => ({ ...row, id: 'seven' }),
    'with a list for an id': (row) => ({ ...row, id: [7] }),
  },
  unknownIds: { contact: ['999999999'], company: ['1'] },
  failures: {},
});
