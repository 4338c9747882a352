import { connect } from 'node:net';
import { deflateSync, gzipSync, zstdCompressSync } from 'node:zlib';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { tempDir } from '../support/paths.ts';
import { freePort } from '../support/process.ts';
import { startChild } from './support/child.ts';
import type { Child } from './support/child.ts';
import { cpuMsOf, rssOf } from './support/proc.ts';

const MIB = 1024 * 1024;
const ROUNDS = 20;
const RSS_OF_ONE_MAX = 32 * MIB;
/** Of all rounds together: what one leaves behind is collected. */
const RSS_GROWTH_MAX = 96 * MIB;
const CPU_MS_MAX = 50;
const dir = tempDir('bombs');
let child: Child;
beforeAll(async () => {
  child = await startChild({ directory: dir.path, port: await freePort() });
  // What a first request of each kind makes the process load is not the bomb's doing.
  for (const encoding of ['gzip', 'deflate', 'zstd']) await send(encoding, Buffer.from('x'));
});
afterAll(async () => {
  await child.running.stop();
  dir.remove();
});

async function send(encoding: string, body: Buffer): Promise<number> {
  const response = await fetch(`${child.url}/v1/traces`, {
    method: 'POST',
    headers: { 'content-type': 'application/x-protobuf', 'content-encoding': encoding },
    body,
  });
  await response.arrayBuffer();
  return response.status;
}

const zeros = Buffer.alloc(64 * MIB);
// A frame header that claims 4 GiB: magic, descriptor with an 8-byte size, the size, one empty last block.
const zstdLie = Buffer.from('28b52ffde00000000001000000010000', 'hex');
const BOMBS: readonly (readonly [string, string, () => Buffer, number])[] = [
  ['64 MiB of zeros in gzip', 'gzip', () => gzipSync(zeros), 413],
  ['64 MiB of zeros in deflate', 'deflate', () => deflateSync(zeros), 413],
  ['64 MiB of zeros in zstd', 'zstd', () => zstdCompressSync(zeros), 413],
  ['zstd that claims 4 GiB', 'zstd', () => zstdLie, 400],
  ['gzip in gzip', 'gzip', () => gzipSync(gzipSync(zeros)), 400],
  ['gzip in gzip, both said', 'gzip, gzip', () => gzipSync(gzipSync(zeros)), 415],
  ['a thousand encodings', Array.from({ length: 1_000 }, () => 'gzip').join(', '), () => gzipSync('x'), 415],
  ['snappy that claims 4 GiB', 'snappy', () => Buffer.from('ffffffff0f00', 'hex'), 415],
];

it.each(BOMBS)('%s: refused, at little cost', async (_, encoding, make, status) => {
  const bomb = make();
  expect(await send(encoding, bomb)).toBe(status);
  const [rss, cpuMs] = [rssOf(child.running.pid), cpuMsOf(child.running.pid)];
  let rssMax = 0;
  let oneMax = 0;
  for (let round = 0; round < ROUNDS; round++) {
    const before = rssOf(child.running.pid);
    expect(await send(encoding, bomb)).toBe(status);
    const after = rssOf(child.running.pid);
    [rssMax, oneMax] = [Math.max(rssMax, after), Math.max(oneMax, after - before)];
  }
  expect(oneMax).toBeLessThan(RSS_OF_ONE_MAX);
  expect(rssMax - rss).toBeLessThan(RSS_GROWTH_MAX);
  expect((cpuMsOf(child.running.pid) - cpuMs) / ROUNDS).toBeLessThan(CPU_MS_MAX);
});

it('headers without end are cut off', async () => {
  const socket = connect(Number(new URL(child.url).port), '127.0.0.1');
  const answer = new Promise<string>((resolve) => {
    let text = '';
    socket.on('data', (chunk: Buffer) => (text += chunk.toString()));
    socket.on('error', () => undefined);
    socket.on('close', () => resolve(text));
  });
  socket.write('POST /v1/traces HTTP/1.1\r\nhost: x\r\n');
  for (let line = 0; line < 2_000 && !socket.destroyed; line++)
    socket.write(`x-${line}: ${'y'.repeat(100)}\r\n`);
  expect(await answer).toMatch(/^HTTP\/1\.1 431/);
});
