import type { ContactsQuery } from './gql/graphql.ts';

export type List = NonNullable<ContactsQuery['contacts']>;
export type Contact = List['edges'][number]['node'];
