import type { DocumentNode } from 'graphql';

/** Makes a function that works something out once for each document, whatever comes of it. A document that is forgotten takes it along. */
export function oncePerDocument<T>(find: (document: DocumentNode) => T): (document: DocumentNode) => T {
  const known = new WeakMap<DocumentNode, { readonly found: T }>();
  return (document) => {
    let entry = known.get(document);
    if (entry === undefined) known.set(document, (entry = { found: find(document) }));
    return entry.found;
  };
}
