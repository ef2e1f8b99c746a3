/** Shows /status.json, again every few seconds. The key, where one is needed, lives as long as the page: no storage and no address ever holds it. */
const EVERY_MS = 5_000;
const BADGES = { OK: 'good', DEGRADED: 'warn', THROTTLED: 'warn', UNKNOWN: '', UNAUTHENTICATED: 'bad', BLOCKED: 'bad', DOWN: 'bad' };
const WINDOWS = { SECOND: 'a second', TEN_SECONDS: '10 seconds', MINUTE: 'a minute', HOUR: 'an hour', DAY: 'a day' };
const SVG = 'http://www.w3.org/2000/svg';
const byId = (id) => document.querySelector(`#${id}`);
let key = '';

/** Makes an element; children are elements and texts, never markup. */
function make(name, attributes, ...children) {
  const element = name === 'svg' || name === 'rect' ? document.createElementNS(SVG, name) : document.createElement(name);
  for (const [attribute, value] of Object.entries(attributes)) element.setAttribute(attribute, value);
  element.append(...children.filter((child) => child !== null));
  return element;
}

function ago(time) {
  const seconds = Math.max(0, Math.round((Date.now() - Date.parse(time)) / 1_000));
  if (seconds < 90) return `${seconds} s ago`;
  if (seconds < 5_400) return `${Math.round(seconds / 60)} min ago`;
  return `${Math.round(seconds / 3_600)} h ago`;
}

/** Bars of the last hour, one a minute. */
function sparkline(title, values, summary, kind) {
  const highest = Math.max(1, ...values);
  const bars = values.map((value, index) => {
    const height = value === 0 ? 0 : Math.max(1.5, (value / highest) * 28);
    return make('rect', { class: `bar ${kind}`, x: index * 4, y: 30 - height, width: 3, height });
  });
  const chart = make(
    'svg',
    { viewBox: '0 0 240 30', preserveAspectRatio: 'none', role: 'img', 'aria-label': `${title}: ${summary}` },
    ...bars,
  );
  return make('figure', {}, make('figcaption', {}, make('span', {}, title), make('span', {}, summary)), chart);
}

function latencyChart(minutes) {
  const times = minutes.map(({ meanMs }) => meanMs ?? 0);
  const calls = minutes.reduce((sum, minute) => sum + minute.calls, 0);
  const slowest = Math.max(0, ...times);
  return sparkline('Latency, last hour', times, latencyOf(calls, slowest), 'latency');
}

/** Calls that failed have no latency. */
function latencyOf(calls, slowest) {
  if (calls === 0) return 'no calls';
  const count = calls === 1 ? '1 call' : `${calls} calls`;
  return slowest === 0 ? count : `${count}, up to ${slowest} ms`;
}

function failureChart(minutes) {
  const failures = minutes.map(({ failed }) => failed);
  const sum = failures.reduce((total, failed) => total + failed, 0);
  return sparkline('Failed calls, last hour', failures, sum === 0 ? 'none' : String(sum), 'failed');
}

function quotaBar({ window: period, limit, remaining }) {
  if (limit === null || remaining === null) return null;
  const label = `Calls left in ${WINDOWS[period] ?? period}`;
  const bar = make('progress', { max: limit, value: remaining, 'aria-label': label, class: remaining < limit * 0.2 ? 'low' : '' });
  return make('div', { class: 'quota' }, make('span', {}, label), make('span', {}, `${remaining} of ${limit}`), bar);
}

function describeIndex(index) {
  if (index === null || index.status === 'OFF') return null;
  return make('p', {}, `Index ${index.status}: ${index.rowsRead}${index.rowsTotal === null ? '' : ` of ${index.rowsTotal}`} contacts`);
}

function sourceCard(source) {
  const { name, displayName, kind, url, status, checkedAt, latencyMs, error, quotas, minutes, errors } = source;
  const seen = checkedAt === null ? 'not called yet' : `${latencyMs} ms, ${ago(checkedAt)}`;
  const title = url === null ? displayName : make('a', { href: url, rel: 'noreferrer' }, displayName);
  return make(
    'article',
    { 'aria-label': name },
    make('h2', {}, make('span', {}, title), make('span', { class: `badge ${BADGES[status] ?? 'warn'}` }, status)),
    make('p', {}, `${name} · ${kind} · ${seen}`),
    error && make('p', { class: 'bad' }, `${error.code}: ${error.message}`),
    describeIndex(source.index),
    ...quotas.map(quotaBar),
    latencyChart(minutes),
    failureChart(minutes),
    errors.length === 0
      ? null
      : make(
          'ul',
          { 'aria-label': 'Last errors' },
          ...errors.map((past) => make('li', {}, make('span', {}, `${past.code} × ${past.count}`), ago(past.lastAt))),
        ),
  );
}

function total(label, value) {
  return make('div', {}, make('dt', {}, label), make('dd', {}, value));
}

function show({ startedAt, isSandbox, requests, pages, sources }) {
  const { queries, withoutCalls } = requests;
  byId('pages').replaceChildren(...Object.entries(pages).map(([label, path]) => make('a', { href: path }, label)));
  byId('totals').replaceChildren(
    total('Sources that answer', `${sources.filter(({ status }) => status === 'OK').length} of ${sources.length}`),
    total('Requests', String(requests.total)),
    total('Failed or refused', String(requests.failed)),
    total('Answered from the cache', queries === 0 ? '–' : `${Math.round((withoutCalls / queries) * 100)} %`),
  );
  byId('sources').replaceChildren(...sources.map(sourceCard));
  tell(`${isSandbox ? 'On sandbox CRMs with invented contacts. ' : ''}Started ${ago(startedAt)}.`);
}

function tell(text, isBad = false) {
  const message = byId('message');
  // Screen readers say what changes here.
  if (message.textContent !== text) message.textContent = text;
  message.classList.toggle('bad', isBad);
}

async function refresh() {
  try {
    const response = await fetch('/status.json', { headers: key === '' ? {} : { authorization: `Bearer ${key}` } });
    if (response.status === 401) byId('key-form').hidden = false;
    const body = await response.json();
    if (response.ok) show(body);
    else tell(body.errors?.[0]?.message ?? `The gateway answered ${response.status}.`, true);
  } catch {
    tell('The gateway cannot be reached.', true);
  }
}

byId('key-form').addEventListener('submit', (event) => {
  event.preventDefault();
  key = byId('key').value.trim();
  void refresh();
});
await refresh();
setInterval(() => {
  const isWaitingForKey = !byId('key-form').hidden && key === '';
  if (!document.hidden && !isWaitingForKey) void refresh();
}, EVERY_MS);
