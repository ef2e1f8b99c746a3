import DataLoader from 'dataloader';
import { crmsOf } from './crm.mjs';

/** The context of one request: loaders of its own. */
export function contextOf(http) {
  const crms = crmsOf(http);
  return () => ({
    crms,
    companies: new DataLoader(crms.kommoCompanies),
    users: new DataLoader(crms.kommoUsers),
    employees: new DataLoader(crms.callgearEmployees),
  });
}

export const resolvers = {
  Query: { contacts: (_root, { source, first }, { crms }) => crms.lists[source](first) },
  Contact: {
    company: (contact, _args, { companies }) => {
      if (contact.source !== 'KOMMO') return contact.company;
      return contact.companyId === null ? null : companies.load(contact.companyId);
    },
    responsible: (contact, _args, { users, employees }) => {
      if (contact.source === 'ONLYOFFICE') return contact.responsible;
      return (contact.source === 'KOMMO' ? users : employees).load(contact.responsibleId);
    },
  },
};
