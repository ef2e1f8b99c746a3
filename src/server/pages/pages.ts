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
const STATUS_FILE = /^\/status\/status\.(?:js|css)$/;

/** Which pages there are. */
type PageSettings = Pick<Settings, 'hasGraphiql' | 'hasStatusPage'>;

/**
 * Serves the pages for people. They are the same for everyone, hold no data and need no key: what they show they fetch with the key that is
 * typed into them. Files are read once, at first use, and served from memory: they may go while the gateway runs, as with `npm ci`.
 */
export class Pages {
  readonly #settings: PageSettings;
  readonly #files = new Map<string, StaticFile>();

  constructor(settings: PageSettings) {
    this.#settings = settings;
  }

  /** Answers a request for a page or a part of one. @returns false, and does nothing, where it is for something else. */
  serve(request: IncomingMessage, response: ServerResponse, path: string): boolean {
    if (request.method !== 'GET' && request.method !== 'HEAD') return false;
    const { hasGraphiql, hasStatusPage } = this.#settings;
    if (hasGraphiql && path === '/graphql') return wantsPage(request) && this.#sendGraphiql(request, response);
    if (hasGraphiql && ASSET.test(path)) return this.#send(request, response, `dist/pages${path}`, KEPT_FOR_EVER);
    if (hasStatusPage && path === '/') return wantsPage(request) && this.#sendPage(request, response, 'web/status/status.html');
    return hasStatusPage && STATUS_FILE.test(path) && this.#send(request, response, `web${path}`, REVALIDATED);
  }

  #sendGraphiql(request: IncomingMessage, response: ServerResponse): boolean {
    return (
      this.#sendPage(request, response, 'dist/pages/graphiql.html') || this.#sendPage(request, response, 'web/graphiql/not-built.html')
    );
  }

  #sendPage(request: IncomingMessage, response: ServerResponse, path: string): boolean {
    response.setHeader('content-security-policy', PAGE_POLICY);
    response.setHeader('vary', 'Accept');
    return this.#send(request, response, path, REVALIDATED);
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
