import { expect, it } from 'vitest';
import { LOG_LIMITS, isSecretName, redactFields, redactText, redactValue } from './redact-log.ts';

it.each([
  ['password', true],
  ['db_password', true],
  ['userPassword', true],
  ['Authorization', true],
  ['req.headers.cookie', true],
  ['set-cookie', true],
  ['x-api-key', true],
  ['apiKey', true],
  ['access_token', true],
  ['accessToken', true],
  ['csrf-token', true],
  ['token', true],
  ['client_secret', true],
  ['tokens', false],
  ['token_count', false],
  ['token_type', false],
  ['author', false],
  ['compass', false],
  ['cookies_eaten', false],
  ['key', false],
])('%s is a secret: %s', (name, isSecret) => {
  expect(isSecretName(name)).toBe(isSecret);
});

it.each([
  ['plain words', 'plain words'],
  ['GET https://a.b/c?d=1&e=two#f', 'GET https://a.b/c?d=&e=#f'],
  ['postgres://joe:secret@db:5432/shop is down', 'postgres://db:5432/shop is down'],
  ['sent Authorization: Bearer abc.def.ghi-jkl', 'sent Authorization: Bearer [redacted]'],
  ['the bearer of news', 'the bearer of news'],
])('%s', (text, redacted) => {
  expect(redactText(text, 1_000)).toBe(redacted);
});

it('holds length, depth and number of fields', () => {
  expect(redactText('x'.repeat(50), 10)).toBe('xxxxxxx...');
  const deep = { a: { b: { c: { d: { e: { f: 1 } } } } } };
  expect(JSON.stringify(redactValue(deep, LOG_LIMITS))).toContain('[...]');
  const wide = Object.fromEntries(Array.from({ length: 500 }, (_, index) => [`f${index}`, index]));
  const fieldsMax = LOG_LIMITS.attributesMax;
  expect(Object.keys(redactFields(wide, { limits: LOG_LIMITS, depth: 0, fieldsMax }))).toHaveLength(64);
  expect(redactValue(Array.from({ length: 500 }), LOG_LIMITS)).toHaveLength(64);
});

it('survives what cannot be read', () => {
  const hostile = Object.defineProperty({ fine: 1 }, 'trap', {
    enumerable: true,
    get: () => {
      throw new Error('no');
    },
  });
  expect(redactValue(hostile, LOG_LIMITS)).toEqual({ fine: 1, trap: '[unreadable]' });
  const loop: Record<string, unknown> = {};
  loop['self'] = loop;
  expect(() => redactValue(loop, LOG_LIMITS)).not.toThrow();
});

it('is linear on long hostile text', () => {
  const text = `https://${'a'.repeat(200_000)}?`.repeat(3) + 'bearer '.repeat(50_000);
  const startMs = performance.now();
  redactText(text, text.length);
  expect(performance.now() - startMs).toBeLessThan(1_500);
});
