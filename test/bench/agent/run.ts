/**
 * What each agent costs a plain app: CPU-µs a request, latency, memory, start. The app runs bare, with Nightjar and with
 * its peers, one after the other in each of several rounds. Prints JSON, or a table with `--markdown`.
 * `npm run bench:agent [-- --rounds=5 --seconds=6 --warm-up=10000 --only=bare,Nightjar --agent=<folder> --profile=<folder> --markdown]`
 */
import { execFileSync } from 'node:child_process';
import { availableParallelism, cpus } from 'node:os';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { neededPostgres } from '../../support/postgres.ts';
import { contendersFor } from './contenders.ts';
import { seed } from './database.ts';
import { installApp, installPeers } from './install.ts';
import { measure } from './measure.ts';
import type { Plan, Route, Sample } from './measure.ts';
import { markdownOf } from './markdown.ts';
import { startSink } from './sink.ts';
import { againstBest, summarise } from './summary.ts';

const { values: options } = parseArgs({
  options: {
    rounds: { type: 'string', default: '5' },
    seconds: { type: 'string', default: '6' },
    'warm-up': { type: 'string', default: '10000' },
    only: { type: 'string' },
    agent: { type: 'string', default: fileURLToPath(new URL('../../../agent', import.meta.url)) },
    /** Folder for a CPU profile of each run. */
    profile: { type: 'string' },
    markdown: { type: 'boolean', default: false },
  },
});
const CONNECTIONS = 8;
const PRODUCTS = 1_000;
const ROUTES: readonly Route[] = [
  { name: 'hello', perSecond: 1_000, pathOf: (index) => `/hello/${index % PRODUCTS}` },
  { name: '5 queries', perSecond: 400, pathOf: (index) => `/products/${(index % PRODUCTS) + 1}` },
];

installPeers();
const report = await run();
console.log(options.markdown ? markdownOf(report) : JSON.stringify(report, undefined, 2));

async function run() {
  const postgres = await neededPostgres.start();
  if (postgres === undefined)
    throw new Error(`${neededPostgres.name} is not there. ${neededPostgres.remedy}`);
  const sink = await startSink();
  const app = installApp();
  try {
    const databaseUrl = await postgres.createDatabase();
    await seed(databaseUrl, PRODUCTS);
    const plan: Plan = {
      routes: ROUTES,
      databaseUrl,
      appDir: app.path,
      connections: CONNECTIONS,
      warmUpRequests: Number(options['warm-up']),
      measuredSeconds: Number(options.seconds),
      pin: pinning(),
      nodeArgs: options.profile === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${options.profile}`],
    };
    const only = options.only?.split(',');
    const contenders = contendersFor(sink, options.agent).filter(({ name }) => only?.includes(name) ?? true);
    const measured = contenders.map(({ name, version }) => ({ name, version, samples: [] as Sample[] }));
    for (let round = 0; round < Number(options.rounds); round++) {
      for (const [i, contender] of contenders.entries()) {
        process.stderr.write(`round ${round + 1}: ${contender.name}\n`);
        measured[i]?.samples.push(await measure(contender, plan, sink));
      }
    }
    const agents = summarise(measured);
    return {
      date: new Date().toISOString().slice(0, 10),
      node: process.version,
      machine: `${availableParallelism()} x ${cpus()[0]?.model ?? 'unknown'}`,
      command: `npm run bench:agent -- --rounds=${options.rounds} --seconds=${options.seconds} --warm-up=${options['warm-up']}`,
      rounds: Number(options.rounds),
      isPinned: plan.pin.length > 0,
      routes: ROUTES.map(({ name, perSecond }) => ({
        name,
        perSecond,
        best: againstBest(agents, name),
        bestOfUser: againstBest(agents, name, 'addedUserUs'),
      })),
      agents,
    };
  } finally {
    sink.close();
    app.remove();
    await postgres.close();
  }
}

export type Report = Awaited<ReturnType<typeof run>>;

/** The app has the last core to itself; load, sink and database share the rest. */
function pinning(): readonly string[] {
  if (process.platform !== 'linux' || availableParallelism() < 2) return [];
  const core = String(availableParallelism() - 1);
  try {
    execFileSync('taskset', ['-c', core, 'true'], { stdio: 'ignore' });
    return ['taskset', '-c', core];
  } catch {
    return [];
  }
}
