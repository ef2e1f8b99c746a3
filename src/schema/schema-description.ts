/** The first thing that people read about the schema: the front page of GraphiQL's Docs, and the head of schema.graphql. Markdown. */
export const SCHEMA_DESCRIPTION = `
The contacts of several CRM accounts in one place: read them as one merged, ordered list, find who has a phone number, and delete.

**Concepts.** A \`Source\` is one CRM account. A \`Contact\` is a \`Person\` or a \`Company\` in one source: the same person in two CRMs is two contacts.
An \`id\` is opaque and permanent; \`idInSource\` is the CRM's own. What a CRM does not have is null or an empty list, and descriptions name the CRMs
that have a field. New enum values and types may be added at any time.

**Lists.** \`contacts\` returns 25 contacts, or as many as \`first\` says, up to 100. Continue with \`after: pageInfo.endCursor\` while
\`pageInfo.hasNextPage\` is true: a page may be short or empty and still have a next one. Each entry of \`sourceReports\` is about one source: \`OK\`,
\`PARTIAL\`, \`FAILED\` or \`SKIPPED\`, and why. Nothing is left out without notice: \`isComplete\` is true only when no matching contact can be missing.

**Errors.** A source that fails never takes anything from the others. On a list it is in \`sourceReports\`; on single objects and nested fields the field
is null, and \`errors\` has an entry with \`path\` and \`extensions { code, source, retryAfterMs }\`. What a mutation refuses is in its \`userErrors\`.
Decide on codes, not on messages.

**Deletion** is for good. With \`dryRun: true\` nothing is changed. Each contact has an \`outcome\`, and \`INDETERMINATE\` means that it is not known:
look in the CRM before you try again.

**Access and limits.** Where the gateway needs a key, send \`Authorization: Bearer KEY\`. Reading needs the scope \`contacts:read\`, deleting
\`contacts:delete\`. Every answer says in \`extensions.cost\` how many calls to CRMs it took, and how many it may take. Answers may come from a short-lived
cache: send \`Cache-Control: no-cache\` for fresh ones, and \`X-Explain: true\` to see how a list was made.
`.trim();
