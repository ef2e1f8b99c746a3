import { Lexer, Source, TokenKind, type Token } from 'graphql';

/** What two documents have in common that differ only in layout, comments and the name of their one operation. */
export interface DocumentKey {
  /** Equal for documents that mean the same. */
  readonly key: string;
  /** Of the document's one operation; null where it has none. */
  readonly operationName: string | null;
}

/** Operations whose answers are each request's own, and answers that come in parts. Looked for as words: a false find costs only the sharing. */
const UNSHARED = ['mutation', 'subscription', '@defer', '@stream'];

/** Documents of more tokens than the limits let in are not worth the reading. */
const TOKENS_MAX = 2_000;

/**
 * Reads a document as a sequence of tokens, without a tree: a tenth of the cost of parsing and validating it.
 *
 * @returns null for what is never shared: mutations, subscriptions, answers in parts, documents with several operations or none, and texts that
 * are no GraphQL.
 */
export function readDocumentKey(text: string): DocumentKey | null {
  if (UNSHARED.some((word) => text.includes(word))) return null;
  try {
    return readTokens(new Lexer(new Source(text)));
  } catch {
    return null;
  }
}

function readTokens(lexer: Lexer): DocumentKey | null {
  const { body } = lexer.source;
  let key = '';
  let operations = 0;
  let operationName: string | null = null;
  /** Open brackets of any kind; definitions begin where there is none. */
  let depth = 0;
  let isInDefinition = false;
  let tokens = 0;
  for (let token = lexer.advance(); token.kind !== TokenKind.EOF; token = lexer.advance()) {
    tokens += 1;
    if (tokens > TOKENS_MAX) return null;
    let spelling = body.slice(token.start, token.end);
    if (!isInDefinition && depth === 0) {
      isInDefinition = true;
      if (token.kind === TokenKind.BRACE_L || spelling === 'query') operations += 1;
      if (spelling === 'query' && lexer.lookahead().kind === TokenKind.NAME) {
        const name = lexer.advance();
        operationName = name.value;
      }
      if (token.kind === TokenKind.BRACE_L) spelling = 'query {';
    }
    depth += depthChange(token);
    // A definition ends with the braces of its selection.
    if (depth === 0 && token.kind === TokenKind.BRACE_R) isInDefinition = false;
    key += `${spelling} `;
  }
  return operations === 1 ? { key, operationName } : null;
}

function depthChange({ kind }: Token): number {
  switch (kind) {
    case TokenKind.BRACE_L:
    case TokenKind.BRACKET_L:
    case TokenKind.PAREN_L:
      return 1;
    case TokenKind.BRACE_R:
    case TokenKind.BRACKET_R:
    case TokenKind.PAREN_R:
      return -1;
    default:
      return 0;
  }
}
