import type { Exchange } from '../crm-server.ts';
import type { Viewer } from './contact-wrapper.ts';
import type { Result } from './envelope.ts';
import type { ContextParameters, Parameters } from './parameters.ts';
import type { TextSearch } from './text-search.ts';

/** `files`: an ArgumentException while the contact's files are removed; `transaction`: an InvalidOperationException of the database. */
export type DeletionFault = 'files' | 'transaction';

/** Switches of the sandbox that endpoints look at. */
export interface EndpointSwitches {
  readonly textSearch: TextSearch;
  readonly deletionFault: DeletionFault | null;
  /** Gives the rows in the order in which the database happens to find them. */
  readonly tableOrder: <T>(rows: readonly T[]) => T[];
}

/** A request that has been routed, authenticated and read. */
export interface ApiCall {
  readonly viewer: Viewer;
  readonly parameters: Parameters;
  readonly context: ContextParameters;
  readonly switches: EndpointSwitches;
}

/**
 * One endpoint: verb and path below `/api/2.0/`, with `{name:int}` for digits and `{name}` for letters.
 *
 * Earlier routes win.
 */
export interface Route {
  readonly verb: string;
  readonly template: string;
  readonly run: (call: ApiCall) => Result;
}

/** A route with the values that the path gave it. */
export interface RouteMatch {
  readonly route: Route;
  readonly values: Readonly<Record<string, string>>;
}

/** Finds the route of a request; `.json` is optional, letter case does not matter. undefined ends in an HTML 404. */
export function matchRoute(routes: readonly Route[], exchange: Exchange): RouteMatch | undefined {
  const path = /^\/api\/2\.0\/(.*?)(?:\.json)?\/?$/i.exec(exchange.path)?.[1];
  if (path === undefined) return undefined;
  for (const route of routes) {
    const values = route.verb === exchange.method ? expressionOf(route.template).exec(path)?.groups : undefined;
    if (values) return { route, values };
    if (route.verb === exchange.method && expressionOf(route.template).test(path)) return { route, values: {} };
  }
  return undefined;
}

const expressions = new Map<string, RegExp>();

function expressionOf(template: string): RegExp {
  let expression = expressions.get(template);
  if (!expression) {
    const source = template.replaceAll(/\{(\w+)(:int)?\}/g, (_, name: string, int?: string) => `(?<${name}>${int ? '\\d+' : '[A-Za-z]+'})`);
    expression = new RegExp(`^${source}$`, 'i');
    expressions.set(template, expression);
  }
  return expression;
}
