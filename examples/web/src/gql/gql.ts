/* eslint-disable */
import * as types from './graphql';
import type { TypedDocumentNode as DocumentNode } from '@graphql-typed-document-node/core';

/**
 * Map of all GraphQL operations in the project.
 *
 * This map has several performance disadvantages:
 * 1. It is not tree-shakeable, so it will include all operations in the project.
 * 2. It is not minifiable, so the string of a GraphQL query will be multiple times inside the bundle.
 * 3. It does not support dead code elimination, so it will add unused operations.
 *
 * Therefore it is highly recommended to use the babel or swc plugin for production.
 * Learn more about it here: https://the-guild.dev/graphql/codegen/plugins/presets/preset-client#reducing-bundle-size
 */
type Documents = {
    "\n  query Contacts($filter: ContactFilter, $after: String) {\n    contacts(first: 20, after: $after, filter: $filter) {\n      edges {\n        node {\n          __typename\n          id\n          displayName\n          source {\n            id\n            displayName\n          }\n          phones {\n            value\n          }\n          emails {\n            value\n          }\n          viewerCanDelete\n          ... on Person {\n            company {\n              id\n              displayName\n            }\n          }\n        }\n      }\n      pageInfo {\n        endCursor\n        hasNextPage\n      }\n      isComplete\n      sourceReports {\n        source {\n          id\n          displayName\n        }\n        status\n        error {\n          code\n          message\n          retryAfterMs\n        }\n      }\n    }\n  }\n": typeof types.ContactsDocument,
    "\n  query Sources {\n    sources {\n      id\n      displayName\n      health {\n        status\n        latencyMs\n        error {\n          message\n        }\n      }\n    }\n  }\n": typeof types.SourcesDocument,
    "\n  mutation DeleteContact($id: ID!, $dryRun: Boolean!) {\n    deleteContact(input: { id: $id, dryRun: $dryRun }) {\n      deletion {\n        contactId\n        outcome\n        url\n        error {\n          message\n        }\n      }\n      userErrors {\n        message\n      }\n    }\n  }\n": typeof types.DeleteContactDocument,
};
const documents: Documents = {
    "\n  query Contacts($filter: ContactFilter, $after: String) {\n    contacts(first: 20, after: $after, filter: $filter) {\n      edges {\n        node {\n          __typename\n          id\n          displayName\n          source {\n            id\n            displayName\n          }\n          phones {\n            value\n          }\n          emails {\n            value\n          }\n          viewerCanDelete\n          ... on Person {\n            company {\n              id\n              displayName\n            }\n          }\n        }\n      }\n      pageInfo {\n        endCursor\n        hasNextPage\n      }\n      isComplete\n      sourceReports {\n        source {\n          id\n          displayName\n        }\n        status\n        error {\n          code\n          message\n          retryAfterMs\n        }\n      }\n    }\n  }\n": types.ContactsDocument,
    "\n  query Sources {\n    sources {\n      id\n      displayName\n      health {\n        status\n        latencyMs\n        error {\n          message\n        }\n      }\n    }\n  }\n": types.SourcesDocument,
    "\n  mutation DeleteContact($id: ID!, $dryRun: Boolean!) {\n    deleteContact(input: { id: $id, dryRun: $dryRun }) {\n      deletion {\n        contactId\n        outcome\n        url\n        error {\n          message\n        }\n      }\n      userErrors {\n        message\n      }\n    }\n  }\n": types.DeleteContactDocument,
};

/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 *
 *
 * @example
 * ```ts
 * const query = graphql(`query GetUser($id: ID!) { user(id: $id) { name } }`);
 * ```
 *
 * The query argument is unknown!
 * Please regenerate the types.
 */
export function graphql(source: string): unknown;

/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query Contacts($filter: ContactFilter, $after: String) {\n    contacts(first: 20, after: $after, filter: $filter) {\n      edges {\n        node {\n          __typename\n          id\n          displayName\n          source {\n            id\n            displayName\n          }\n          phones {\n            value\n          }\n          emails {\n            value\n          }\n          viewerCanDelete\n          ... on Person {\n            company {\n              id\n              displayName\n            }\n          }\n        }\n      }\n      pageInfo {\n        endCursor\n        hasNextPage\n      }\n      isComplete\n      sourceReports {\n        source {\n          id\n          displayName\n        }\n        status\n        error {\n          code\n          message\n          retryAfterMs\n        }\n      }\n    }\n  }\n"): (typeof documents)["\n  query Contacts($filter: ContactFilter, $after: String) {\n    contacts(first: 20, after: $after, filter: $filter) {\n      edges {\n        node {\n          __typename\n          id\n          displayName\n          source {\n            id\n            displayName\n          }\n          phones {\n            value\n          }\n          emails {\n            value\n          }\n          viewerCanDelete\n          ... on Person {\n            company {\n              id\n              displayName\n            }\n          }\n        }\n      }\n      pageInfo {\n        endCursor\n        hasNextPage\n      }\n      isComplete\n      sourceReports {\n        source {\n          id\n          displayName\n        }\n        status\n        error {\n          code\n          message\n          retryAfterMs\n        }\n      }\n    }\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query Sources {\n    sources {\n      id\n      displayName\n      health {\n        status\n        latencyMs\n        error {\n          message\n        }\n      }\n    }\n  }\n"): (typeof documents)["\n  query Sources {\n    sources {\n      id\n      displayName\n      health {\n        status\n        latencyMs\n        error {\n          message\n        }\n      }\n    }\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation DeleteContact($id: ID!, $dryRun: Boolean!) {\n    deleteContact(input: { id: $id, dryRun: $dryRun }) {\n      deletion {\n        contactId\n        outcome\n        url\n        error {\n          message\n        }\n      }\n      userErrors {\n        message\n      }\n    }\n  }\n"): (typeof documents)["\n  mutation DeleteContact($id: ID!, $dryRun: Boolean!) {\n    deleteContact(input: { id: $id, dryRun: $dryRun }) {\n      deletion {\n        contactId\n        outcome\n        url\n        error {\n          message\n        }\n      }\n      userErrors {\n        message\n      }\n    }\n  }\n"];

export function graphql(source: string) {
  return (documents as any)[source] ?? {};
}

export type DocumentType<TDocumentNode extends DocumentNode<any, any>> = TDocumentNode extends DocumentNode<  infer TType,  any>  ? TType  : never;