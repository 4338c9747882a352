import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { z } from 'zod';
import { createDecoder } from '../decode/decoder.ts';
import { openJournal } from '../journal/journal.ts';
import type { Journal } from '../journal/journal.ts';
import { SILENT_METRICS } from '../model/stages.ts';
import { createNormaliser } from '../normalise/normaliser.ts';
import { listenHttp } from '../receive/http-receiver.ts';
import type { Receiver } from '../receive/http-receiver.ts';
import { openTestStorage } from '../storage/testing.ts';
import type { Storage } from '../storage/types.ts';
import { createWriter } from './writer.ts';
import type { Writer } from './writer.ts';

const log = {
  info: () => {},
  warn: (f: object, s: string) => console.log(s, f),
  error: (f: object, s: string) => console.log(s, f),
};
let storage: Storage;
let directory: string;
let journal: Journal;
let writer: Writer;
let receiver: Receiver;

beforeAll(async () => {
  storage = await openTestStorage();
  directory = await mkdtemp(join(tmpdir(), 'nightjar-ingest-'));
  writer = createWriter({ storage, metrics: SILENT_METRICS, log });
  journal = await openJournal({ directory, deliver: writer.deliver, metrics: SILENT_METRICS, log });
  const sink = createNormaliser({ store: journal, salt: Buffer.from('salt') });
  const accept = createDecoder({ sink, metrics: SILENT_METRICS });
  receiver = await listenHttp({ accept, metrics: SILENT_METRICS, log, host: '127.0.0.1', port: 0, keys: [] });
});

afterAll(async () => {
  await receiver.close();
  await journal.close(5000);
  await writer.stop();
  await storage.close();
  await rm(directory, { recursive: true, force: true });
});

const nowNs = `${Date.now()}000000`;
const BODY = {
  resourceSpans: [
    {
      resource: { attributes: [{ key: 'service.name', value: { stringValue: 'shop' } }] },
      scopeSpans: [
        {
          scope: { name: 'test' },
          spans: [
            {
              traceId: '0123456789abcdef0123456789ABCDEF',
              spanId: '0123456789abcdef',
              name: 'SELECT books',
              kind: 3,
              startTimeUnixNano: nowNs,
              endTimeUnixNano: nowNs,
              attributes: [
                { key: 'db.system', value: { stringValue: 'postgresql' } },
                {
                  key: 'db.statement',
                  value: { stringValue: "SELECT * FROM books WHERE id = 42 AND name = 'x'" },
                },
                { key: 'n', value: { intValue: '7' } },
              ],
              status: {},
            },
          ],
        },
      ],
    },
  ],
};

it('takes a span from the socket to the table', async () => {
  const response = await fetch(`http://127.0.0.1:${receiver.port}/v1/traces`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'content-encoding': 'gzip' },
    body: gzipSync(JSON.stringify(BODY)),
  });
  expect([response.status, await response.json()]).toEqual([200, {}]);
  expect(await journal.flush(5000)).toBe(true);
  const rows = await storage.query(
    {
      name: 'test.spans',
      sql: 'SELECT service, name, db_system, db_statement, attributes_number FROM spans ORDER BY start_time LIMIT 10',
      params: z.object({}),
      row: z.object({
        service: z.string(),
        name: z.string(),
        db_system: z.string(),
        db_statement: z.string(),
        attributes_number: z.record(z.string(), z.number()),
      }),
    },
    {},
  );
  expect(rows).toEqual([
    {
      service: 'shop',
      name: 'SELECT books',
      db_system: 'postgresql',
      db_statement: 'SELECT * FROM books WHERE id = ? AND name = ?',
      attributes_number: { n: 7 },
    },
  ]);
});
