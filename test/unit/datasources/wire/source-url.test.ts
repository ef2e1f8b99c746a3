import { expect, test } from 'vitest';
import { sourceUrl } from '../../../../src/datasources/wire/source-url.ts';

test.each([
  ['https://portal.example.com', 'https://portal.example.com'],
  [' https://portal.example.com/ ', 'https://portal.example.com'],
  ['https://portal.example.com:8443/crm//', 'https://portal.example.com:8443/crm'],
  ['http://127.0.0.1:4001', 'http://127.0.0.1:4001'],
  ['http://localhost:4001/v2.0', 'http://localhost:4001/v2.0'],
  ['http://[::1]:4001', 'http://[::1]:4001'],
])('%s is taken', (text, url) => {
  expect(sourceUrl.parse(text)).toBe(url);
});

test.each([
  'portal.example.com',
  '//portal.example.com',
  'ftp://portal.example.com',
  'http://portal.example.com',
  'http://127.0.0.1.evil.example',
  'http://localhost.evil.example',
  'https://canary:canary@portal.example.com',
  'https://portal.example.com/?canary=1',
  'https://portal.example.com/?',
  'https://portal.example.com/#canary',
  'https://',
  '',
])('%j is refused, and is not repeated', (text) => {
  const result = sourceUrl.safeParse(text);

  expect(result.success).toBe(false);
  expect(result.error?.issues.map(({ message }) => message).join()).not.toContain('canary');
});
