/**
 * What a span costs the collector: OTLP/HTTP protobuf, gzip, from a second process into merged tables with every rollup.
 * CPU is that of the collector's process, all threads, until its background merges are done; its idle load is taken off.
 * Prints JSON. `npm run bench:ingest [-- --rate=20000 --seconds=30 --spans=1000 --connections=8]`; rate 0 is as fast as it goes.
 */
import { execFileSync } from 'node:child_process';
import { readFileSync, readdirSync } from 'node:fs';
import { cpus } from 'node:os';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { startCollector } from '../support/collector.ts';
import { launch } from '../support/process.ts';

const { values: options } = parseArgs({
  options: {
    rate: { type: 'string', default: '0' },
    seconds: { type: 'string', default: '30' },
    spans: { type: 'string', default: '1000' },
    connections: { type: 'string', default: '8' },
    /** Folder for a CPU profile of the collector's main thread. */
    profile: { type: 'string' },
  },
});
const ticksPerSecond = Number(execFileSync('getconf', ['CLK_TCK'], { encoding: 'utf8' }));
/** Seconds without sending over which the idle load is taken. */
const idleSeconds = 5;
const quietMax = 0.05;
const settleSecondsMax = 180;

const collector = await startCollector({
  env: {
    NIGHTJAR_LOG_LEVEL: 'info',
    ...(options.profile === undefined
      ? {}
      : { NODE_OPTIONS: `--cpu-prof --cpu-prof-dir=${options.profile}` }),
  },
});
try {
  console.log(JSON.stringify(await run(collector.process.pid, collector.otlpHttp), undefined, 2));
} finally {
  await collector.stop();
}

async function run(pid: number, url: string) {
  await send(url, { seconds: '5', rate: '20000' });
  await settle(pid, 0);
  const idle = await shareOver(pid, idleSeconds);
  const rss = watchRss(pid);
  const [startedCpuS, startedMs, threadsBefore] = [cpuSeconds(pid), performance.now(), cpuByThread(pid)];
  const sent = await send(url, options);
  const sendingCpuS = cpuSeconds(pid) - startedCpuS;
  const settledMs = await settle(pid, idle);
  const totalS = (performance.now() - startedMs) / 1_000;
  const cpuS = cpuSeconds(pid) - startedCpuS - idle * totalS;
  return {
    machine: `${cpus().length} x ${cpus()[0]?.model ?? ''}`,
    node: process.version,
    ...options,
    ...sent,
    spansPerSecond: Math.round(sent.ackedSpans / sent.seconds),
    cpuUsPerSpan: round((cpuS * 1e6) / sent.ackedSpans),
    cpuUsPerSpanWhileSending: round((sendingCpuS * 1e6) / sent.ackedSpans),
    cpuUsPerSpanByThread: perThread(threadsBefore, cpuByThread(pid), sent.ackedSpans),
    settleSeconds: round(settledMs / 1_000),
    idleCpuShare: round(idle),
    rssMaxMb: rss.stop(),
    metrics: await counted(),
  };
}

interface Sent {
  readonly seconds: number;
  readonly sentSpans: number;
  readonly ackedSpans: number;
}

async function send(
  url: string,
  asked: Readonly<Record<string, string>>,
): Promise<Sent & Record<string, unknown>> {
  const { profile: _, ...wanted } = { ...options, ...asked, url };
  const args = Object.entries(wanted).map(([name, value]) => `--${name}=${value}`);
  const sender = launch({
    args: [
      '--conditions=nightjar-source',
      fileURLToPath(new URL('ingest/sender.ts', import.meta.url)),
      ...args,
    ],
    cwd: process.cwd(),
  });
  await sender.exited;
  const line = sender.stdout().trim().split('\n').at(-1) ?? '';
  if (!line.startsWith('{')) throw new Error(`the sender said: ${sender.output()}`);
  return JSON.parse(line) as Sent & Record<string, unknown>;
}

/** Waits until what was sent is stored and merged: the process is as idle as before. */
async function settle(pid: number, idle: number): Promise<number> {
  const startedMs = performance.now();
  let quiet = 0;
  while (quiet < 3 && performance.now() - startedMs < settleSecondsMax * 1_000) {
    quiet = (await shareOver(pid, 1)) <= idle + quietMax ? quiet + 1 : 0;
  }
  return performance.now() - startedMs;
}

/** Processors in use, over so many seconds. */
async function shareOver(pid: number, seconds: number): Promise<number> {
  const before = cpuSeconds(pid);
  const startedMs = performance.now();
  await new Promise((resolve) => setTimeout(resolve, seconds * 1_000));
  return ((cpuSeconds(pid) - before) * 1_000) / (performance.now() - startedMs);
}

function cpuSeconds(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.split(' ') ?? [];
  return (Number(fields[11]) + Number(fields[12])) / ticksPerSecond;
}

/** Seconds by name of thread: what runs where is told by names that the engine and Node give. Ended threads are missing. */
function cpuByThread(pid: number): ReadonlyMap<string, number> {
  const seconds = new Map<string, number>();
  for (const thread of readdirSync(`/proc/${pid}/task`)) {
    const stat = readFileSync(`/proc/${pid}/task/${thread}/stat`, 'utf8');
    const name = thread === String(pid) ? 'main' : stat.slice(stat.indexOf('(') + 1, stat.lastIndexOf(')'));
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    seconds.set(name, (seconds.get(name) ?? 0) + (Number(fields[11]) + Number(fields[12])) / ticksPerSecond);
  }
  return seconds;
}

function perThread(before: ReadonlyMap<string, number>, after: ReadonlyMap<string, number>, spans: number) {
  const rows = [...after].map(
    ([name, seconds]) => [name, round(((seconds - (before.get(name) ?? 0)) * 1e6) / spans)] as const,
  );
  return Object.fromEntries(rows.filter(([, us]) => us >= 0.05).toSorted((a, b) => b[1] - a[1]));
}

function watchRss(pid: number) {
  let maxMb = 0;
  const timer = setInterval(() => {
    const line = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'));
    maxMb = Math.max(maxMb, Number(line?.[1] ?? 0) / 1_024);
  }, 500);
  return {
    stop() {
      clearInterval(timer);
      return Math.round(maxMb);
    },
  };
}

async function counted(): Promise<Record<string, number>> {
  const text = await (await fetch(`${collector.dashboard}/metrics`)).text();
  const rows = text.split('\n').filter((line) => /^nightjar_(stored|dropped|refused|received)/.test(line));
  return Object.fromEntries(
    rows.map((row) => [row.slice(0, row.lastIndexOf(' ')), Number(row.split(' ').at(-1))]),
  );
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}
