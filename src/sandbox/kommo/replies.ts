import { randomUUID } from 'node:crypto';
import type { Reply } from '../crm-server.ts';

const TITLES: Readonly<Record<number, string>> = {
  400: 'Bad Request',
  401: 'Unauthorized',
  402: 'Payment Required',
  403: 'Forbidden',
  404: 'Not Found',
  429: 'Too Many Requests',
  500: 'Internal Server Error',
};

function commonHeaders(): Record<string, string> {
  return {
    'cache-control': 'no-store, no-cache, must-revalidate',
    pragma: 'no-cache',
    expires: 'Thu, 19 Nov 1981 08:52:00 GMT',
    'x-request-id': randomUUID(),
  };
}

/** 200 with a HAL body. */
export function hal(body: unknown): Reply {
  return { status: 200, headers: { ...commonHeaders(), 'content-type': 'application/hal+json' }, body: JSON.stringify(body) };
}

/** 200 with a plain JSON body, as the OAuth endpoints answer. */
export function json(body: unknown, status = 200): Reply {
  return { status, headers: { ...commonHeaders(), 'content-type': 'application/json; charset=utf-8' }, body: JSON.stringify(body) };
}

/** PHP's ways to say that there is nothing: without a body, with an empty one, and with what it writes of an empty array. */
export type KommoEmptiness = '204' | 'empty body' | '{}' | '[]' | 'embedded []';

const BODY_BY_EMPTINESS: Readonly<Record<Exclude<KommoEmptiness, '204'>, string>> = {
  'empty body': '',
  '{}': '{}',
  '[]': '[]',
  'embedded []': '{"_page":1,"_links":[],"_embedded":[]}',
};

/** An empty list, a page past the end, an unknown id: 204 without a byte of body, or on some accounts a 200 with what PHP writes for nothing. */
export function nothing(emptiness: KommoEmptiness = '204'): Reply {
  if (emptiness === '204') return { status: 204, headers: commonHeaders() };
  return { status: 200, headers: { ...commonHeaders(), 'content-type': 'application/hal+json' }, body: BODY_BY_EMPTINESS[emptiness] };
}

/** 405 with an empty body, though the documentation promises JSON. */
export function methodNotAllowed(): Reply {
  return { status: 405, headers: commonHeaders() };
}

/** The API's problem body. */
export function problem(status: number, detail: string, extra: Readonly<Record<string, unknown>> = {}): Reply {
  const body = { title: TITLES[status] ?? 'Error', type: `https://httpstatus.es/${status}`, status, detail, ...extra };
  return { status, headers: { ...commonHeaders(), 'content-type': 'application/problem+json' }, body: JSON.stringify(body) };
}

/** The page that nginx in front of Kommo answers with. */
export function nginxPage(status: number, title: string): Reply {
  const line = `${status} ${title}`;
  return {
    status,
    headers: { 'content-type': 'text/html' },
    body: `<html>\r\n<head><title>${line}</title></head>\r\n<body>\r\n<center><h1>${line}</h1></center>\r\n<hr><center>nginx</center>\r\n</body>\r\n</html>\r\n`,
  };
}

/** The OAuth error body; only the hint tells cases apart, title and detail are always the same Russian sentences. */
export function oauthProblem(status: number, hint: string): Reply {
  const body = {
    hint,
    title: 'Некорректный запрос',
    type: 'https://developers.amocrm.ru/v3/errors/OAuthProblemJson',
    status,
    detail: 'В запросе отсутствует ряд параметров или параметры невалидны',
  };
  return { status, headers: { ...commonHeaders(), 'content-type': 'application/problem+json' }, body: JSON.stringify(body) };
}
