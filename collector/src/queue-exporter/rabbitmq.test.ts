import { afterEach, expect, it } from 'vitest';
import { rabbitmqReader } from './rabbitmq.ts';
import { listen } from './testing.ts';

const NOW_MS = 1_800_000_000_000;
const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

async function management(status: number, answer: unknown) {
  const seen: { url: string | undefined; authorization: string | undefined }[] = [];
  const { address, close } = await listen((request, response) => {
    seen.push({ url: request.url, authorization: request.headers.authorization });
    response.statusCode = status;
    response.end(JSON.stringify(answer));
  });
  closing.push(close);
  const url = new URL(address.replace('//', '//joe:s%40fe@'));
  return { seen, read: rabbitmqReader({ url, nowMs: () => NOW_MS }) };
}

it('reads ready, unacknowledged and the age of stamped messages; connections of their own are left out', async () => {
  const { seen, read } = await management(200, {
    items: [
      {
        name: 'mail',
        vhost: '/',
        messages_ready: 7,
        messages_unacknowledged: 2,
        head_message_timestamp: 1_799_999_910,
      },
      {
        name: 'mail',
        vhost: 'eu',
        messages_ready: 1,
        messages_unacknowledged: 0,
        head_message_timestamp: null,
      },
      { name: 'new', vhost: '/' },
      { name: 'amq.gen-1', vhost: '/', messages_ready: 9, exclusive: true },
    ],
  });
  expect(await read()).toEqual([
    { system: 'rabbitmq', queue: 'mail', virtualHost: '/', depth: 7, inFlight: 2, oldestAgeMs: 90_000 },
    { system: 'rabbitmq', queue: 'mail', virtualHost: 'eu', depth: 1, inFlight: 0 },
    { system: 'rabbitmq', queue: 'new', virtualHost: '/', depth: 0, inFlight: 0, oldestAgeMs: 0 },
  ]);
  expect(seen[0]?.url).toMatch(/^\/api\/queues\?page=1&page_size=500&columns=/);
  expect(seen[0]?.authorization).toBe(`Basic ${Buffer.from('joe:s@fe').toString('base64')}`);
});

it.each([
  [401, { error: 'not_authorised' }, 'answered 401'],
  [200, { error: 'this is no page' }, 'items'],
])('rejects when it is answered %s %j', async (status, answer, words) => {
  const { read } = await management(status, answer);
  await expect(read()).rejects.toThrow(words);
});
