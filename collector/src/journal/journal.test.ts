import { cp, mkdtemp, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { nodeFiles } from './files.ts';
import type { JournalFiles } from './files.ts';
import { recoverTable } from './recovery.ts';
import type { Losses } from './recovery.ts';
import { RECORD_BYTES } from './sidecar.ts';
import { idsIn, openCollecting, pushResource } from './testing.ts';

let root: string;
let directories = 0;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'nightjar-journal-'));
});
afterAll(async () => {
  await rm(root, { recursive: true, force: true });
});

/** Ids of one length: blocks of one length. */
const FIRST_ID = 100;

/** The disk as it is for tests that cut the same bytes a thousand times: nothing is lost by not waiting for it. */
const unsynced: JournalFiles = {
  ...nodeFiles,
  async openExisting(path) {
    const file = await nodeFiles.openExisting(path);
    return {
      write: async (bytes, offset, length, position) => await file.write(bytes, offset, length, position),
      truncate: async (length) => await file.truncate(length),
      close: async () => await file.close(),
      datasync: async () => await Promise.resolve(),
    };
  },
};

/** Commits a block an id and leaves the segment open, as a killed process would. */
async function blocksOnDisk(directory: string, count: number): Promise<{ data: string; sidecar: string }> {
  const living = newDirectory();
  const { journal } = await openCollecting(living, {
    limits: { segmentAgeMaxMs: 3_600_000, groupDelayMs: 0 },
  });
  for (let id = FIRST_ID; id < FIRST_ID + count; id++) {
    pushResource(journal, id);
    expect(await journal.commit(Date.now())).toBeUndefined();
  }
  await cp(living, directory, { recursive: true });
  await journal.close(0);
  const folder = join(directory, 'resources');
  const files = await readdir(folder);
  const path = (suffix: string): string => join(folder, files.find((file) => file.endsWith(suffix)) ?? '');
  return { data: path('.native'), sidecar: path('.idx') };
}

async function recover(directory: string): Promise<{ rows: number | undefined; lost: Losses }> {
  const lost: Losses = { rotten: 0, torn: 0 };
  const at = { directory: join(directory, 'resources'), table: 'resources' };
  const [segment] = await recoverTable(unsynced, at, lost);
  return { rows: segment?.rows, lost };
}

it('answers after one write for all who came together, and hands over what it closed', async () => {
  const { journal, delivered } = await openCollecting(newDirectory());
  pushResource(journal, 1);
  const first = journal.commit(1000);
  pushResource(journal, 2);
  const second = journal.commit(2000);
  expect(journal.watermarkMs()).toBe(999);
  expect(await Promise.all([first, second])).toEqual([undefined, undefined]);
  const flushed = journal.flush(5000);
  await expect.poll(() => delivered.length).toBe(1);
  expect(journal.watermarkMs()).toBe(999);
  expect(delivered[0]).toMatchObject({ table: 'resources', rows: 2, firstReceivedMs: 1000 });
  expect(await idsIn(delivered)).toEqual([1, 2]);
  await delivered[0]?.remove();
  expect(await flushed).toBe(true);
  expect(journal.watermarkMs()).toBeGreaterThan(2000);
  expect(await journal.close(1000)).toBe(true);
});

it('closes a segment at its size and at its age', async () => {
  let nowMs = 1_700_000_000_000;
  const limits = { segmentBytesMax: 400, segmentAgeMaxMs: 1000, groupDelayMs: 0 };
  const { journal, delivered } = await openCollecting(newDirectory(), { now: () => nowMs, limits });
  pushResource(journal, 1);
  await journal.commit(nowMs);
  expect(delivered.length).toBe(0);
  for (let id = 2; id < 20; id++) pushResource(journal, id);
  await journal.commit(nowMs);
  await expect.poll(() => delivered.length).toBe(1);
  pushResource(journal, 20);
  await journal.commit(nowMs);
  nowMs += 1000;
  await expect.poll(() => delivered.length).toBe(2);
});

it('closes a segment, and takes data after a failure, although the clock was set back', async () => {
  let nowMs = 1_700_000_000_000;
  let isFailing = false;
  const files: JournalFiles = {
    ...nodeFiles,
    async create(path) {
      if (isFailing) throw new Error('EROFS');
      return await nodeFiles.create(path);
    },
  };
  const limits = { segmentAgeMaxMs: 1000, groupDelayMs: 0 };
  const { journal, delivered } = await openCollecting(newDirectory(), { now: () => nowMs, limits, files });
  pushResource(journal, 1);
  await journal.commit(nowMs);
  nowMs -= 3_600_000;
  await expect.poll(() => delivered.length).toBe(1);
  isFailing = true;
  pushResource(journal, 2);
  expect(await journal.commit(nowMs)).toMatchObject({ reason: 'journal_failed' });
  expect(journal.refusal()).toMatchObject({ reason: 'journal_failed' });
  nowMs -= 3_600_000;
  expect(journal.refusal()).toBeUndefined();
  await journal.close(0);
});

it('refuses when it is full, and when it closes', async () => {
  const { journal, delivered } = await openCollecting(newDirectory(), { limits: { bytesMax: 100 } });
  expect(journal.refusal()).toBeUndefined();
  pushResource(journal, 1);
  await journal.commit(1);
  expect(journal.refusal()).toMatchObject({ reason: 'journal_full' });
  const flushed = journal.flush(5000);
  await expect.poll(() => delivered.length).toBe(1);
  await delivered[0]?.remove();
  await flushed;
  expect(journal.refusal()).toBeUndefined();
  await journal.close(10);
  expect(journal.refusal()).toMatchObject({ reason: 'closing' });
});

function newDirectory(): string {
  directories += 1;
  return join(root, String(directories));
}

describe('after a crash', () => {
  it('delivers the same rows with the same token, again and again', async () => {
    const directory = newDirectory();
    await blocksOnDisk(directory, 3);
    const first = await openCollecting(directory);
    const second = await openCollecting(directory);
    expect(first.delivered.map(({ token, rows }) => ({ token, rows }))).toEqual([
      { token: expect.stringMatching(/^[0-9a-f]{32}$/), rows: 3 },
    ]);
    expect(second.delivered[0]?.token).toBe(first.delivered[0]?.token);
    expect(await idsIn(second.delivered)).toEqual([100, 101, 102]);
    expect(first.lost.size + second.lost.size).toBe(0);
  });

  it('gives a segment the token that it would have been closed with', async () => {
    const directory = newDirectory();
    const { journal, delivered } = await openCollecting(directory);
    pushResource(journal, 1);
    await journal.commit(1);
    const flushed = journal.flush(10);
    await flushed;
    const copy = newDirectory();
    await cp(directory, copy, { recursive: true });
    const sidecar = (await readdir(join(copy, 'resources'))).find((file) => file.endsWith('.idx')) ?? '';
    await truncate(join(copy, 'resources', sidecar), RECORD_BYTES);
    expect((await openCollecting(copy)).delivered[0]?.token).toBe(delivered[0]?.token);
  });

  it('cuts a torn tail at any byte and keeps every whole record', async () => {
    const directory = newDirectory();
    const { data, sidecar } = await blocksOnDisk(directory, 40);
    const bytes = await readFile(data);
    const records = await readFile(sidecar);
    const blockBytes = bytes.length / 40;
    for (let cut = 1; cut <= Math.min(4096, bytes.length - 1); cut += cut < blockBytes ? 1 : 31) {
      await writeFile(data, bytes.subarray(0, bytes.length - cut));
      await writeFile(sidecar, records);
      const { rows, lost } = await recover(directory);
      const whole = Math.floor((bytes.length - cut) / blockBytes);
      expect([cut, rows, lost.rotten]).toEqual([cut, whole, 0]);
    }
    for (let cut = 1; cut < 3 * RECORD_BYTES; cut++) {
      await writeFile(data, bytes);
      await writeFile(sidecar, records.subarray(0, records.length - cut));
      const { rows, lost } = await recover(directory);
      const whole = Math.floor((records.length - cut) / RECORD_BYTES);
      expect([cut, rows, lost.torn]).toEqual([cut, whole, 1]);
      expect((await readFile(data)).length).toBe(whole * blockBytes);
    }
  });

  it('loses at most the record that a flipped bit is in, counts it, and starts', async () => {
    const directory = newDirectory();
    const { data, sidecar } = await blocksOnDisk(directory, 10);
    const bytes = await readFile(data);
    const records = await readFile(sidecar);
    const blockBytes = bytes.length / 10;
    const all = Array.from({ length: 10 }, (_, i) => FIRST_ID + i);
    const folder = join(directory, 'resources');
    const flips = Array.from({ length: 60 }, (_, i) => ({
      inData: i % 3 !== 0,
      at: (i * 7919) % (i % 3 === 0 ? records.length : bytes.length),
    }));
    for (const { inData, at } of flips) {
      for (const file of await readdir(folder)) await rm(join(folder, file));
      const flipped = Buffer.from(inData ? bytes : records);
      flipped[at] = (flipped[at] ?? 0) ^ (1 << (at % 8));
      await writeFile(data, inData ? flipped : bytes);
      await writeFile(sidecar, inData ? records : flipped);
      const hit = FIRST_ID + Math.floor(at / (inData ? blockBytes : RECORD_BYTES));
      const first = await openCollecting(directory, { files: unsynced });
      expect(await idsIn(first.delivered)).toEqual(all.filter((id) => id !== hit));
      expect([...first.lost.values()]).toEqual([1]);
      const second = await openCollecting(directory, { files: unsynced });
      expect(second.delivered.map(({ token }) => token)).toEqual(first.delivered.map(({ token }) => token));
      expect(second.lost.size).toBe(0);
    }
  });

  it('clears away segments that hold nothing', async () => {
    const directory = newDirectory();
    const { data, sidecar } = await blocksOnDisk(directory, 1);
    await truncate(data, 0);
    await truncate(sidecar, 0);
    expect((await openCollecting(directory)).delivered).toEqual([]);
    expect(await readdir(join(directory, 'resources'))).toEqual([]);
  });
});
