export interface ExampleOperation {
  readonly query: string;
  /** JSON. */
  readonly variables?: string;
}

/** The tabs that GraphiQL opens with. They run as they are on the sandbox and on any real source. */
export const EXAMPLE_OPERATIONS: readonly ExampleOperation[] = [
  {
    query: `# crm-gateway: the contacts of three CRMs behind one endpoint.
# Press the play button. Every field is described in the Docs on the left.

# One merged, ordered list over all CRMs, and what each of them contributed.
query Contacts($first: Int = 10, $after: String) {
  contacts(first: $first, after: $after) {
    nodes {
      __typename
      displayName
      source {
        name
      }
      phones {
        value
        normalizedValue
      }
      emails {
        value
      }
    }
    pageInfo {
      hasNextPage
      endCursor
    }
    isComplete
    sourceReports {
      source {
        name
      }
      status
      totalCount
      error {
        code
        message
      }
    }
  }
}
`,
  },
  {
    query: `# Nested data: company, responsible user and deals are read in one call each, however many contacts the page has.
query WithNestedData {
  contacts(first: 25, sources: ["kommo"]) {
    nodes {
      id
      displayName
      responsible {
        displayName
        group {
          name
        }
      }
      ... on Person {
        jobTitle
        company {
          displayName
        }
      }
      leads(first: 3) {
        totalCount
        nodes {
          name
          price
        }
      }
      customFields {
        field {
          label
          type
        }
        text
      }
    }
  }
}
`,
  },
  {
    query: `# The accounts behind the endpoint: what each can do, how it is, and what its filters take.
query Sources {
  sources {
    name
    displayName
    kind
    capabilities {
      kinds
      deletableKinds
      orderFields
      filterFields
    }
    health {
      status
      latencyMs
      quotas {
        window
        limit
        remaining
      }
    }
    statuses {
      id
      name
    }
    groups {
      id
      name
    }
    tags {
      name
    }
  }
}
`,
  },
];
