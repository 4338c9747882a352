import { afterEach, expect, it } from 'vitest';
import { closeApis, local, openApi } from './testing.ts';

afterEach(closeApis);

it.each([
  ['127.0.0.1:3400', 404],
  ['localhost', 404],
  ['[::1]:3400', 404],
  ['nightjar.example.com', 404],
  ['evil.example.com', 403],
  ['127.0.0.1.evil.example.com', 403],
  ['localhost@evil.example.com', 403],
])('on loopback answers Host %j with %d', async (host, status) => {
  const { app } = await openApi({ publicUrl: 'https://nightjar.example.com' });
  const reply = await app.inject({ url: '/api/v1/services', headers: { host } });
  expect(reply.statusCode).toBe(status);
});

it('does not look at Host beyond loopback', async () => {
  const { app } = await openApi({ isLoopback: false });
  expect((await app.inject({ url: '/api/v1/rules', headers: { host: 'any.example.com' } })).statusCode).toBe(
    404,
  );
});

it.each([
  [{}, 200],
  [{ origin: 'http://127.0.0.1:3400' }, 200],
  [{ origin: 'http://127.0.0.1:9999' }, 403],
  [{ origin: 'http://evil.example.com' }, 403],
  [{ origin: 'null' }, 403],
  [{ 'sec-fetch-site': 'cross-site' }, 403],
  [{ 'sec-fetch-site': 'same-origin', origin: 'http://127.0.0.1:3400' }, 200],
])('answers a change from %j with %d', async (headers, status) => {
  const { app } = await openApi();
  const reply = await app.inject({
    method: 'DELETE',
    url: '/api/v1/session',
    headers: { ...local, ...headers },
  });
  expect(reply.statusCode).toBe(status);
});
