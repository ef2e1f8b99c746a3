import type { IncomingMessage, ServerResponse } from 'node:http';
import { join } from 'node:path';
import type { Settings } from '../../config/settings.ts';
import { PROJECT_ROOT } from '../../platform/project-root.ts';
import { PAGE_POLICY } from './page-policy.ts';
import { readStaticFile, sendStaticFile, type StaticFile } from './static-files.ts';

/** Of pages: kept, and asked for again each time. */
const REVALIDATED = 'no-cache';
/** Of files whose names change with their content. */
const KEPT_FOR_EVER = 'public, max-age=31536000, immutable';
/** Names of assets, as the build makes them; nothing else is looked for on the disk. */
const ASSET = /^\/assets\/[\w-]{1,80}\.(?:js|css)$/;

/**
 * Serves the pages for people. They are the same for everyone, hold no data and need no key: what they show they fetch with the key that is
 * typed into them. Files are read once, at first use, and served from memory: they may go while the gateway runs, as with `npm ci`.
 */
export class Pages {
  readonly #settings: Pick<Settings, 'hasGraphiql'>;
  readonly #files = new Map<string, StaticFile>();

  constructor(settings: Pick<Settings, 'hasGraphiql'>) {
    this.#settings = settings;
  }

  /** Answers a request for a page or a part of one. @returns false, and does nothing, where it is for something else. */
  serve(request: IncomingMessage, response: ServerResponse, path: string): boolean {
    if (request.method !== 'GET' && request.method !== 'HEAD') return false;
    if (!this.#settings.hasGraphiql) return false;
    if (path === '/graphql') return wantsPage(request) && this.#sendGraphiql(request, response);
    return ASSET.test(path) && this.#send(request, response, `dist/pages${path}`, KEPT_FOR_EVER);
  }

  #sendGraphiql(request: IncomingMessage, response: ServerResponse): boolean {
    response.setHeader('content-security-policy', PAGE_POLICY);
    response.setHeader('vary', 'Accept');
    return (
      this.#send(request, response, 'dist/pages/graphiql.html', REVALIDATED) ||
      this.#send(request, response, 'web/graphiql/not-built.html', 'no-store')
    );
  }

  #send(request: IncomingMessage, response: ServerResponse, path: string, cacheControl: string): boolean {
    const file = this.#files.get(path) ?? readStaticFile(join(PROJECT_ROOT, path));
    if (file === null) return false;
    this.#files.set(path, file);
    sendStaticFile(request, response, file, cacheControl);
    return true;
  }
}

/** Browsers name HTML for what is opened in a tab. */
function wantsPage({ headers }: IncomingMessage): boolean {
  return (headers.accept ?? '').includes('text/html');
}
