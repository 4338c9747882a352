import { connect } from 'node:net';
import type { Socket } from 'node:net';
import { afterAll, expect, it } from 'vitest';
import { tempDir } from '../support/paths.ts';
import { until } from '../support/poll.ts';
import { freePort } from '../support/process.ts';
import { RECEIVE_LIMITS } from '../../collector/src/receive/receive-limits.ts';
import { startChild } from './support/child.ts';
import { Ledger } from './support/ledger.ts';
import { rssOf } from './support/proc.ts';

const MIB = 1024 * 1024;
const BODY_BYTES = 30 * MIB;
const SOCKETS = 16;
/** Beside what is in hand: what is being read and not yet counted, and what is not yet collected. */
const SLACK_BYTES = 192 * MIB;
const body = Buffer.alloc(BODY_BYTES - 1);
const dir = tempDir('memory');
afterAll(() => dir.remove());

/** Sends all of a body but its last byte, and says the status should an answer come. */
function hang(url: URL, statuses: number[]): Socket {
  const socket = connect(Number(url.port), url.hostname);
  socket.on('error', () => undefined);
  socket.on('data', (chunk: Buffer) => {
    const status = /^HTTP\/1\.1 (\d+)/.exec(chunk.toString('latin1'))?.[1];
    if (status !== undefined) statuses.push(Number(status));
  });
  socket.write(
    `POST /v1/traces HTTP/1.1\r\nhost: x\r\ncontent-type: application/x-protobuf\r\ncontent-length: ${BODY_BYTES}\r\n\r\n`,
  );
  socket.write(body);
  return socket;
}

it(`${SOCKETS} bodies of 30 MiB that hang: memory stays within the bytes in hand, the rest is 503`, async () => {
  const child = await startChild({ directory: dir.path, port: await freePort() });
  const ledger = new Ledger();
  expect((await ledger.send(child.url)).status).toBe(200);
  const rssBefore = rssOf(child.running.pid);
  const statuses: number[] = [];
  const sockets = Array.from({ length: SOCKETS }, () => hang(new URL(child.url), statuses));
  const rss = { max: 0 };
  const fitting = Math.floor(RECEIVE_LIMITS.inFlightBytesMax / BODY_BYTES);
  await until(
    () => {
      rss.max = Math.max(rss.max, rssOf(child.running.pid));
      return statuses.length;
    },
    (answered) => answered >= SOCKETS - fitting,
    { what: 'the bodies that do not fit to be refused', everyMs: 10 },
  );
  expect(statuses.every((status) => status === 503)).toBe(true);
  expect(rss.max - rssBefore).toBeLessThan(RECEIVE_LIMITS.inFlightBytesMax + SLACK_BYTES);
  for (const socket of sockets) socket.destroy();
  expect(await ledger.sendUntilKept(child.url, () => child.running.hasExited())).toBe(true);
  expect((await child.running.stop()).code).toBe(0);
});
