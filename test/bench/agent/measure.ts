import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import type { Contender } from './contenders.ts';
import { drive } from './load.ts';
import type { Sink } from './sink.ts';

export interface Route {
  readonly name: string;
  readonly pathOf: (index: number) => string;
  readonly perSecond: number;
}

export interface Plan {
  readonly routes: readonly Route[];
  readonly databaseUrl: string;
  readonly appDir: string;
  readonly connections: number;
  /** Of each route, unpaced: an optimising compiler needs thousands of requests, whatever time they take. */
  readonly warmUpRequests: number;
  readonly measuredSeconds: number;
  /** What comes before `node`: `taskset -c 1`, or nothing. */
  readonly pin: readonly string[];
  /** Options of Node, to profile with. */
  readonly nodeArgs: readonly string[];
}

export interface RouteSample {
  readonly route: string;
  readonly cpuUs: number;
  /** Without the kernel's part: sockets cost what the machine's other work makes them cost. */
  readonly userUs: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
}

export interface Sample {
  readonly routes: readonly RouteSample[];
  readonly rssMb: number;
  readonly startMs: number;
  readonly startCpuMs: number;
  readonly sentBytesPerRequest: number;
}

const START_TIMEOUT_MS = 60_000;
const ANSWER_TIMEOUT_MS = 10_000;
const SEND_WAIT_MS = 70_000;
const END_GRACE_MS = 5_000;
const FAILED_OUTPUT_CHARACTERS_MAX = 4_000;

/** One process of the app under one contender, both routes in turn. Throws when the agent sent no traces. */
export async function measure(contender: Contender, plan: Plan, sink: Sink): Promise<Sample> {
  sink.forget();
  const startedMs = performance.now();
  const child = launch(contender, plan);
  try {
    const { port, cpuUs } = await answer(child, 'ready', START_TIMEOUT_MS);
    const startMs = performance.now() - startedMs;
    const routes: RouteSample[] = [];
    let requests = 0;
    for (const route of plan.routes) {
      const load = { ...route, port: port ?? 0, connections: plan.connections };
      const warmUp = await drive({ ...load, requests: plan.warmUpRequests, perSecond: Infinity });
      const before = await ask(child, 'before');
      const result = await drive({ ...load, requests: route.perSecond * plan.measuredSeconds });
      const after = await ask(child, 'after');
      if (warmUp.failures + result.failures > 0)
        throw new Error(`${contender.name}: requests of ${route.name} failed`);
      requests += warmUp.requests + result.requests;
      const { p50Ms, p99Ms } = result;
      routes.push({
        route: route.name,
        cpuUs: (after.cpuUs - before.cpuUs) / result.requests,
        userUs: ((after.userUs ?? 0) - (before.userUs ?? 0)) / result.requests,
        p50Ms,
        p99Ms,
      });
    }
    const { rss } = await ask(child, 'memory');
    const sentBytes = contender.tracePath === undefined ? 0 : await sentTo(sink, contender);
    return {
      routes,
      rssMb: (rss ?? 0) / 2 ** 20,
      startMs,
      startCpuMs: cpuUs / 1_000,
      sentBytesPerRequest: sentBytes / requests,
    };
  } finally {
    await end(child);
  }
}

/** Some agents hold what they have for up to a minute, so that they are given time to prove that they send. */
async function sentTo(sink: Sink, { name, tracePath = '' }: Contender): Promise<number> {
  const deadlineMs = performance.now() + SEND_WAIT_MS;
  while (sink.bytesAt(tracePath) === 0) {
    if (performance.now() > deadlineMs)
      throw new Error(`${name} sent no traces: the sink saw ${sink.paths().join(', ') || 'nothing'}`);
    await new Promise((resume) => setTimeout(resume, 100));
  }
  return sink.bytesAt(tracePath);
}

function launch(contender: Contender, plan: Plan): ChildProcess {
  const node = [process.execPath, ...plan.nodeArgs, ...contender.args, 'app.cjs'];
  const [command = process.execPath, ...args] = [...plan.pin, ...node];
  const { PATH, HOME } = process.env;
  const own = { BENCH_DATABASE_URL: plan.databaseUrl, NODE_ENV: 'production' };
  const child = spawn(command, args, {
    cwd: plan.appDir,
    env: { PATH, HOME, ...own, ...contender.env },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on('data', (text: Buffer) => {
      output = (output + text.toString()).slice(-FAILED_OUTPUT_CHARACTERS_MAX);
    });
  }
  child.once('exit', (code) => {
    if (code !== 0 && code !== null)
      process.stderr.write(`${contender.name} ended with ${code}: ${output}\n`);
  });
  return child;
}

interface Figures {
  readonly question: string;
  readonly cpuUs: number;
  readonly userUs?: number;
  readonly rss?: number;
  readonly port?: number;
}

async function ask(child: ChildProcess, question: string): Promise<Figures> {
  const answered = answer(child, question, ANSWER_TIMEOUT_MS);
  child.send(question);
  return await answered;
}

async function answer(child: ChildProcess, question: string, timeoutMs: number): Promise<Figures> {
  return await new Promise((resolve, reject) => {
    const finish = (outcome: () => void): void => {
      clearTimeout(timer);
      child.off('message', look);
      child.off('exit', fail);
      outcome();
    };
    const fail = (): void => finish(() => reject(new Error(`the app did not answer "${question}"`)));
    const look = (message: unknown): void => {
      if (isFigures(message) && message.question === question) finish(() => resolve(message));
    };
    const timer = setTimeout(fail, timeoutMs);
    child.on('message', look);
    child.once('exit', fail);
  });
}

function isFigures(message: unknown): message is Figures {
  return typeof message === 'object' && message !== null && 'question' in message && 'cpuUs' in message;
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const kill = setTimeout(() => child.kill('SIGKILL'), END_GRACE_MS);
  if (child.connected) child.disconnect();
  await exited;
  clearTimeout(kill);
}
