/**
 * The second process of the ingest benchmark: sends at a fixed rate, or as fast as answers come, and prints one JSON line.
 * Open loop: a batch that is late because an earlier one was not answered is still measured from when it was due.
 */
import { randomFillSync } from 'node:crypto';
import { Agent, request } from 'node:http';
import { parseArgs } from 'node:util';
import { constants, gzipSync } from 'node:zlib';
import { makeTemplate, type Template } from './template.ts';

const { values: options } = parseArgs({
  options: {
    url: { type: 'string', default: '' },
    rate: { type: 'string', default: '0' },
    seconds: { type: 'string', default: '10' },
    spans: { type: 'string', default: '1000' },
    connections: { type: 'string', default: '8' },
  },
});
const url = options.url;
const connections = Number(options.connections);
const batchSpans = Number(options.spans);
const perSecond = Number(options.rate);
const templatesCount = 48;
const templates = Array.from({ length: templatesCount }, (_, seed) => makeTemplate(seed + 1, batchSpans));
const untilMs = performance.now() + Number(options.seconds) * 1_000;
const agent = new Agent({ keepAlive: true, maxSockets: connections });

const ackMs: number[] = [];
const statuses = new Map<number, number>();
let sentSpans = 0;
let ackedSpans = 0;
let sentBytes = 0;
let inflatedBytes = 0;
const waiting = { batches: 0 };

const startedMs = performance.now();
const startedCpu = process.cpuUsage();
let batch = 0;
while (performance.now() < untilMs) {
  const dueMs = perSecond > 0 ? startedMs + (batch * batchSpans * 1_000) / perSecond : performance.now();
  const waitMs = dueMs - performance.now();
  if (waitMs > 1) await new Promise((resolve) => setTimeout(resolve, waitMs));
  while (waiting.batches >= connections) await new Promise((resolve) => setTimeout(resolve, 1));
  void send(batch, perSecond > 0 ? dueMs : performance.now());
  batch += 1;
  if (batch % 4 === 0) await new Promise((resolve) => setImmediate(resolve));
}
while (waiting.batches > 0) await new Promise((resolve) => setTimeout(resolve, 5));
const { user, system } = process.cpuUsage(startedCpu);
ackMs.sort((a, b) => a - b);
console.log(
  JSON.stringify({
    seconds: (performance.now() - startedMs) / 1_000,
    sentSpans,
    ackedSpans,
    bytesPerSpan: inflatedBytes / sentSpans,
    gzipBytesPerSpan: sentBytes / sentSpans,
    ackP50Ms: ackMs[Math.floor(ackMs.length * 0.5)],
    ackP99Ms: ackMs[Math.floor(ackMs.length * 0.99)],
    ackMaxMs: ackMs.at(-1),
    statuses: Object.fromEntries(statuses),
    senderCpuUsPerSpan: (user + system) / sentSpans,
  }),
);

async function send(index: number, dueMs: number): Promise<void> {
  waiting.batches += 1;
  const template = templates[index % templatesCount];
  if (template === undefined) throw new Error('there is no template');
  const body = bodyOf(template);
  sentSpans += batchSpans;
  sentBytes += body.length;
  await new Promise<void>((resolve) => {
    const outgoing = request(
      `${url}/v1/traces`,
      {
        method: 'POST',
        agent,
        headers: {
          'content-type': 'application/x-protobuf',
          'content-encoding': 'gzip',
          'content-length': body.length,
        },
      },
      (response) => {
        statuses.set(response.statusCode ?? 0, (statuses.get(response.statusCode ?? 0) ?? 0) + 1);
        if (response.statusCode === 200) ackedSpans += batchSpans;
        response.resume();
        response.once('close', resolve);
      },
    );
    outgoing.once('error', () => {
      statuses.set(0, (statuses.get(0) ?? 0) + 1);
      resolve();
    });
    outgoing.end(body);
  });
  ackMs.push(performance.now() - dueMs);
  waiting.batches -= 1;
}

/** New ids by one xor, times moved to now. */
function bodyOf(template: Template): Buffer {
  const bytes = Buffer.from(template.bytes);
  inflatedBytes += bytes.length;
  const key = randomFillSync(Buffer.alloc(24));
  const nowNs = BigInt(Date.now() - 3_000) * 1_000_000n;
  for (const at of template.traceIdOffsets)
    for (let i = 0; i < 16; i += 1) bytes[at + i] = (bytes[at + i] ?? 0) ^ (key[i] ?? 0);
  for (const at of template.spanIdOffsets)
    for (let i = 0; i < 8; i += 1) bytes[at + i] = (bytes[at + i] ?? 0) ^ (key[16 + i] ?? 0);
  for (const at of template.timeOffsets) bytes.writeBigUInt64LE(bytes.readBigUInt64LE(at) + nowNs, at);
  return gzipSync(bytes, { level: constants.Z_BEST_SPEED });
}
