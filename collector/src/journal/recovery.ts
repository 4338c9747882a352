import { open, readFile } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { crc32 } from 'node:zlib';
import { writeAll } from './files.ts';
import type { JournalFiles } from './files.ts';
import { dataPath, DATA_SUFFIX, sidecarPath, SIDECAR_SUFFIX } from './segment-file.ts';
import type { SegmentPlace } from './segment-file.ts';
import { decodeRecord, encodeBlock, encodeClose, encodeRequest, RECORD_BYTES } from './sidecar.ts';
import type { BlockRecord, KeptRequest } from './sidecar.ts';
import { tokenHash, tokenOf } from './token.ts';

export interface Recovered {
  readonly place: SegmentPlace;
  readonly token: string;
  readonly rows: number;
  readonly bytes: number;
  readonly requests: readonly KeptRequest[];
}

export interface Losses {
  /** Records in the middle that do not match their checksum: data that was acknowledged. */
  rotten: number;
  /** Records at the end that were never finished, which nobody was told were kept, or that named requests only. */
  torn: number;
}

/** A segment that was rewritten without its rotten records has this behind its name. */
const REWRITTEN = 'r';

/** Every segment of a table's directory, oldest first, whole again: torn tails cut, rotten records left out. */
export async function recoverTable(
  files: JournalFiles,
  at: { readonly directory: string; readonly table: string },
  losses: Losses,
): Promise<readonly Recovered[]> {
  const listed = await files.list(at.directory);
  const names = new Set(
    listed
      .filter((file) => file.endsWith(DATA_SUFFIX) || file.endsWith(SIDECAR_SUFFIX))
      .map((file) => file.slice(0, file.lastIndexOf('.'))),
  );
  for (const name of names) if (name.endsWith(REWRITTEN)) await settleRewrite(files, { ...at, name }, names);
  const recovered: Recovered[] = [];
  for (const name of [...names].sort()) {
    const segment = await recoverSegment(files, { ...at, name }, losses);
    if (segment !== undefined) recovered.push(segment);
  }
  return recovered;
}

/** A crash during a rewrite left both: the new one is whole when it has its closing record, else the old one is read again. */
async function settleRewrite(files: JournalFiles, place: SegmentPlace, names: Set<string>): Promise<void> {
  const original = place.name.slice(0, -REWRITTEN.length);
  if (!names.has(original)) return;
  const sidecar = await readFile(sidecarPath(place)).catch(() => Buffer.alloc(0));
  const last = Math.floor(sidecar.length / RECORD_BYTES) - 1;
  const isWhole = last >= 0 && decodeRecord(sidecar, last * RECORD_BYTES)?.kind === 'close';
  const loser = isWhole ? original : place.name;
  names.delete(loser);
  await discard(files, { ...place, name: loser });
}

/** A block that can be read, and the requests that its rows came with. */
interface Good extends BlockRecord {
  readonly requests: readonly KeptRequest[];
}

interface Reading {
  readonly good: readonly Good[];
  readonly token: string | undefined;
  readonly isContiguous: boolean;
}

async function recoverSegment(
  files: JournalFiles,
  place: SegmentPlace,
  losses: Losses,
): Promise<Recovered | undefined> {
  const data = await open(dataPath(place), 'r').catch(() => undefined);
  if (data === undefined) {
    await discard(files, place);
    return undefined;
  }
  try {
    const reading = await readRecords(data, place, losses);
    if (reading.good.length === 0) {
      await discard(files, place);
      return undefined;
    }
    return reading.isContiguous
      ? await cutTail(files, place, { data, reading })
      : await rewrite(files, place, { data, reading });
  } finally {
    await data.close();
  }
}

async function readRecords(data: FileHandle, place: SegmentPlace, losses: Losses): Promise<Reading> {
  const sidecar = await readFile(sidecarPath(place)).catch(() => Buffer.alloc(0));
  const size = (await data.stat()).size;
  const count = Math.floor(sidecar.length / RECORD_BYTES);
  const good: Good[] = [];
  let requests: KeptRequest[] = [];
  let token: string | undefined;
  let bad = 0;
  let badAtEnd = 0;
  for (let i = 0; i < count; i++) {
    const record = decodeRecord(sidecar, i * RECORD_BYTES);
    if (record?.kind === 'close') {
      token = record.token;
    } else if (record?.kind === 'request') {
      requests.push(record);
    } else if (record !== undefined && (await isIntact(data, record, size))) {
      good.push({ ...record, requests });
      requests = [];
      badAtEnd = 0;
    } else {
      requests = [];
      bad += 1;
      badAtEnd += 1;
    }
  }
  const end = good.reduce((sum, record) => Math.max(sum, record.offset + record.length), 0);
  // A closed segment was whole once: whatever is bad in it has rotted.
  const cut = token === undefined ? badAtEnd : 0;
  const isGapless = good.every((record, i) => record.offset === endBefore(good, i));
  // No row is missing between those that are there: what is bad in the middle named requests only.
  const torn = cut + (isGapless ? bad - badAtEnd : 0);
  losses.torn += torn;
  losses.rotten += bad - torn;
  if (token === undefined && bad === 0 && (size > end || sidecar.length % RECORD_BYTES !== 0))
    losses.torn += 1;
  return { good, token, isContiguous: bad === cut && isGapless };
}

function endBefore(records: readonly BlockRecord[], index: number): number {
  const before = records[index - 1];
  return before === undefined ? 0 : before.offset + before.length;
}

async function isIntact(data: FileHandle, record: BlockRecord, size: number): Promise<boolean> {
  if (record.length === 0 || record.offset + record.length > size) return false;
  return crc32(await readBlock(data, record)) === record.crc;
}

async function readBlock(data: FileHandle, record: BlockRecord): Promise<Buffer> {
  const bytes = Buffer.allocUnsafe(record.length);
  const { bytesRead } = await data.read(bytes, 0, record.length, record.offset);
  return bytes.subarray(0, bytesRead);
}

/** The usual case: everything behind the last whole record goes; the segment is closed for good. */
async function cutTail(
  files: JournalFiles,
  place: SegmentPlace,
  source: { readonly data: FileHandle; readonly reading: Reading },
): Promise<Recovered> {
  const { good, token: known } = source.reading;
  const hash = tokenHash(place.table, place.name);
  for (const record of good) hash.update(await readBlock(source.data, record));
  const token = known ?? tokenOf(hash);
  const bytes = endBefore(good, good.length);
  const data = await files.openExisting(dataPath(place));
  const sidecar = await files.openExisting(sidecarPath(place));
  try {
    await data.truncate(bytes);
    const end = (good.length + requestsOf(good).length) * RECORD_BYTES;
    await sidecar.truncate(end);
    await writeAll(sidecar, encodeClose(token, good.length), end);
    await Promise.all([data.datasync(), sidecar.datasync()]);
  } finally {
    await data.close();
    await sidecar.close();
  }
  return { place, token, bytes, rows: rowsOf(good), requests: requestsOf(good) };
}

/** Records in the middle are lost: the others are copied to a new segment, which is closed before the old one goes. */
async function rewrite(
  files: JournalFiles,
  place: SegmentPlace,
  source: { readonly data: FileHandle; readonly reading: Reading },
): Promise<Recovered> {
  const { good, token: known } = source.reading;
  const target = { ...place, name: place.name + REWRITTEN };
  const hash = tokenHash(target.table, target.name);
  const data = await files.create(dataPath(target));
  const sidecar = await files.create(sidecarPath(target));
  let bytes = 0;
  let recordBytes = 0;
  let token = '';
  try {
    for (const record of good) {
      const block = await readBlock(source.data, record);
      hash.update(block);
      await writeAll(data, block, bytes);
      const records = [...record.requests.map(encodeRequest), encodeBlock({ ...record, offset: bytes })];
      await writeAll(sidecar, Buffer.concat(records), recordBytes);
      bytes += block.length;
      recordBytes += records.length * RECORD_BYTES;
    }
    await Promise.all([data.datasync(), sidecar.datasync()]);
    // The old token, when known: should the engine have taken the segment before it rotted, it must not take it again.
    token = known ?? tokenOf(hash);
    await writeAll(sidecar, encodeClose(token, good.length), recordBytes);
    await sidecar.datasync();
    await files.syncDirectory(place.directory);
  } finally {
    await data.close();
    await sidecar.close();
  }
  await discard(files, place);
  return { place: target, token, bytes, rows: rowsOf(good), requests: requestsOf(good) };
}

function rowsOf(records: readonly BlockRecord[]): number {
  return records.reduce((sum, record) => sum + record.rows, 0);
}

function requestsOf(records: readonly Good[]): readonly KeptRequest[] {
  return records.flatMap(({ requests }) => requests);
}

async function discard(files: JournalFiles, place: SegmentPlace): Promise<void> {
  await files.unlink(dataPath(place)).catch(() => undefined);
  await files.unlink(sidecarPath(place)).catch(() => undefined);
}
