import { cp, mkdtemp, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { nodeFiles } from './files.ts';
import type { Journal } from './journal.ts';
import { KeptRequests } from './kept-requests.ts';
import { RECORD_BYTES } from './sidecar.ts';
import type { KeptRequest } from './sidecar.ts';
import { openCollecting, pushResource } from './testing.ts';

let root: string;
let directories = 0;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'nightjar-kept-'));
});
afterAll(async () => {
  await rm(root, { recursive: true, force: true });
});

const newDirectory = (): string => join(root, String((directories += 1)));
const log = { info: () => {}, warn: () => {}, error: () => {} };
const NOW_MS = 1_700_000_000_000;
const identityOf = (n: number): string => n.toString(16).padStart(32, '0');

function request(n: number): KeptRequest {
  return { identity: identityOf(n), rows: n, receivedSeconds: NOW_MS / 1000 };
}

function requests(from: number, to: number): readonly KeptRequest[] {
  return Array.from({ length: to - from }, (_, i) => request(from + i));
}

/** Only what the journal looks at: these rows never reach an engine. */
function pushLog(journal: Journal, service: string): void {
  const { logs } = journal.blocks;
  logs.columns.service.pushText(service);
  logs.endRow();
}

describe('the window', () => {
  it('forgets by number, a generation at a time', async () => {
    const limits = { requestsMax: 10 };
    const kept = await KeptRequests.open({
      directory: newDirectory(),
      files: nodeFiles,
      log,
      now: () => NOW_MS,
      limits,
    });
    kept.add(requests(0, 25));
    expect(kept.size).toBeLessThanOrEqual(20);
    expect([
      kept.find(identityOf(9)),
      kept.find(identityOf(10))?.rows,
      kept.find(identityOf(24))?.rows,
    ]).toEqual([undefined, 10, 24]);
  });

  it('forgets by age, on disk too', async () => {
    let nowMs = NOW_MS;
    const directory = newDirectory();
    const options = { directory, files: nodeFiles, log, now: () => nowMs };
    const kept = await KeptRequests.open(options);
    kept.add([request(1)]);
    await kept.persist([request(1)]);
    nowMs += 1_100_000;
    expect((await KeptRequests.open(options)).find(identityOf(1))).toBeDefined();
    nowMs += 200_000;
    expect((await KeptRequests.open(options)).find(identityOf(1))).toBeUndefined();
    expect(await readdir(directory)).toEqual([]);
  });

  it('keeps few files, through restarts too, and reads past a torn record', async () => {
    const directory = newDirectory();
    const options = { directory, files: nodeFiles, log, now: () => NOW_MS, limits: { requestsMax: 10 } };
    for (let start = 0; start < 5; start++) {
      const kept = await KeptRequests.open(options);
      for (let n = 0; n < 12; n += 4) await kept.persist(requests(start * 12 + n, start * 12 + n + 4));
      expect((await readdir(directory)).length).toBeLessThanOrEqual(3);
    }
    const newest = (await readdir(directory)).sort().at(-1) ?? '';
    const bytes = await readFile(join(directory, newest));
    await truncate(join(directory, newest), bytes.length - 1);
    const kept = await KeptRequests.open(options);
    const last = bytes.length / RECORD_BYTES;
    expect(last).toBeGreaterThan(0);
    expect([kept.find(identityOf(58))?.rows, kept.find(identityOf(59))]).toEqual([58, undefined]);
  });
});

describe('the journal', () => {
  const limits = { segmentAgeMaxMs: 3_600_000, groupDelayMs: 0 };

  async function written(directory: string): Promise<Journal> {
    const { journal } = await openCollecting(directory, { limits });
    pushResource(journal, 1);
    pushLog(journal, 'a');
    expect(await journal.commit(Date.now(), identityOf(1))).toBeUndefined();
    pushLog(journal, 'b');
    pushLog(journal, 'b');
    expect(await journal.commit(Date.now(), identityOf(2))).toBeUndefined();
    return journal;
  }
  const rowsOf = (journal: Journal): (number | undefined)[] =>
    [1, 2, 3].map((n) => journal.kept(identityOf(n))?.rows);

  it('knows a request from its acknowledgement on', async () => {
    const journal = await written(newDirectory());
    expect(rowsOf(journal)).toEqual([1, 2, undefined]);
    await journal.close(0);
  });

  it('knows it after a crash, from the segment', async () => {
    const directory = newDirectory();
    const copy = newDirectory();
    const journal = await written(directory);
    await cp(directory, copy, { recursive: true });
    await journal.close(0);
    const opened = await openCollecting(copy, { limits });
    expect(rowsOf(opened.journal)).toEqual([1, 2, undefined]);
    expect(opened.lost.size).toBe(0);
    expect(opened.delivered.map(({ table, rows }) => [table, rows])).toEqual([
      ['resources', 1],
      ['logs', 3],
    ]);
  });

  it('knows it when the engine has the segment, through restarts', async () => {
    const directory = newDirectory();
    await (await written(directory)).close(0);
    const { journal, delivered } = await openCollecting(directory, { limits });
    for (const segment of delivered) await segment.remove();
    expect(await readdir(join(directory, 'logs'))).toEqual([]);
    expect(rowsOf(journal)).toEqual([1, 2, undefined]);
    await journal.close(0);
    for (let start = 0; start < 2; start++) {
      expect(rowsOf((await openCollecting(directory, { limits })).journal)).toEqual([1, 2, undefined]);
    }
  });

  it('does not know a request whose rows were torn off: it is stored when it comes again', async () => {
    const directory = newDirectory();
    const copy = newDirectory();
    const journal = await written(directory);
    await cp(directory, copy, { recursive: true });
    await journal.close(0);
    const folder = join(copy, 'logs');
    const data = join(folder, (await readdir(folder)).find((name) => name.endsWith('.native')) ?? '');
    const bytes = await readFile(data);
    await writeFile(data, bytes.subarray(0, bytes.length - 1));
    const opened = await openCollecting(copy, { limits });
    expect(rowsOf(opened.journal)).toEqual([1, undefined, undefined]);
    expect(opened.delivered.find(({ table }) => table === 'logs')?.rows).toBe(1);
    const again = await openCollecting(copy, { limits });
    expect(rowsOf(again.journal)).toEqual([1, undefined, undefined]);
  });

  it('does not know a request that it refused', async () => {
    const failing = { ...nodeFiles, create: async () => await Promise.reject(new Error('EROFS')) };
    const directory = newDirectory();
    const { journal } = await openCollecting(directory, { limits, files: failing });
    pushLog(journal, 'a');
    expect(await journal.commit(Date.now(), identityOf(1))).toMatchObject({ kind: 'unavailable' });
    expect(rowsOf(journal)).toEqual([undefined, undefined, undefined]);
    await journal.close(0);
  });
});
