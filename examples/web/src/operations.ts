import { graphql } from './gql/gql.ts';

export const CONTACTS = graphql(`
  query Contacts($filter: ContactFilter, $after: String) {
    contacts(first: 20, after: $after, filter: $filter) {
      edges {
        node {
          __typename
          id
          displayName
          source {
            id
            displayName
          }
          phones {
            value
          }
          emails {
            value
          }
          viewerCanDelete
          ... on Person {
            company {
              id
              displayName
            }
          }
        }
      }
      pageInfo {
        endCursor
        hasNextPage
      }
      isComplete
      sourceReports {
        source {
          id
          displayName
        }
        status
        error {
          code
          message
          retryAfterMs
        }
      }
    }
  }
`);

export const SOURCES = graphql(`
  query Sources {
    sources {
      id
      displayName
      health {
        status
        latencyMs
        error {
          message
        }
      }
    }
  }
`);

export const DELETE_CONTACT = graphql(`
  mutation DeleteContact($id: ID!, $dryRun: Boolean!) {
    deleteContact(input: { id: $id, dryRun: $dryRun }) {
      deletion {
        contactId
        outcome
        url
        error {
          message
        }
      }
      userErrors {
        message
      }
    }
  }
`);
