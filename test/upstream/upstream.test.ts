import { afterAll, expect, it } from 'vitest';
import { neededPostgres } from '../support/postgres.ts';
import { provide } from '../support/services.ts';
import { startSpanReceiver } from '../support/span-receiver.ts';
import { filesOf, runSuite, type Outcomes, type Suite } from './suite.ts';

const suites: readonly Suite[] = [
  {
    name: 'pg-pool',
    runner: 'mocha',
    globs: ['test/*.js'],
    without: { 'test/setup.js': 'no test: ends the run at the first warning of its own pg' },
    byDesign: {},
    needsPostgres: true,
    spansMin: 100,
  },
  {
    name: 'pg-cursor',
    runner: 'mocha',
    globs: ['test/*.js'],
    without: {},
    byDesign: {},
    needsPostgres: true,
    spansMin: 10,
  },
  {
    name: 'fastify',
    runner: 'node:test',
    globs: ['test/**/*.test.{js,mjs}'],
    without: {},
    byDesign: {},
    needsPostgres: false,
    spansMin: 1_000,
  },
];

const postgres = await provide(neededPostgres);
afterAll(async () => await postgres?.close());

it.each(suites.filter(({ needsPostgres }) => !needsPostgres || postgres !== undefined))(
  'the tests of $name end the same with and without the agent',
  async (suite) => {
    const env = suite.needsPostgres ? postgresEnv((await postgres?.createDatabase()) ?? '') : {};
    const receiver = await startSpanReceiver();
    const files = filesOf(suite);
    const both = async (some: readonly string[]): Promise<[bare: Outcomes, traced: Outcomes]> => [
      await runSuite(suite, { otlpUrl: undefined, files: some, env }),
      await runSuite(suite, { otlpUrl: receiver.url, files: some, env }),
    ];
    let [bare, traced] = await both(files);
    const counts = countsOf(bare);
    console.log(
      `${suite.name}: ${files.length} files; bare ${counts}; traced ${countsOf(traced)}; ${receiver.spans.length} spans`,
    );
    let differences = differencesOf(bare, traced);
    // Tests with deadlines of their own fail on a busy machine now and then, either way: they get another chance.
    for (let round = 1; round <= retriesMax && isMore(differences, suite); round++) {
      console.log(`${suite.name}, again:\n${differences.join('\n')}`);
      const again = filesWith(files, differences);
      [bare, traced] = await both(again);
      differences = differencesOf(bare, traced);
    }
    await receiver.close();
    const designed = Object.keys(suite.byDesign).map(
      (key) => `${key}: passed without the agent, failed with it`,
    );
    expect(differences.toSorted()).toEqual(designed.toSorted());
    expect(receiver.spans.length).toBeGreaterThanOrEqual(suite.spansMin);
  },
);

const retriesMax = 2;

function isMore(differences: readonly string[], { byDesign }: Suite): boolean {
  return differences.length !== Object.keys(byDesign).length;
}

function postgresEnv(url: string): Record<string, string> {
  const { hostname, port, username, pathname } = new URL(url);
  return {
    PGHOST: hostname,
    PGPORT: port,
    PGUSER: username,
    PGDATABASE: pathname.slice(1),
    PGPASSWORD: 'none',
  };
}

function countsOf(outcomes: Outcomes): string {
  const counts: Record<string, number> = {};
  for (const outcome of outcomes.values()) counts[outcome] = (counts[outcome] ?? 0) + 1;
  return Object.entries(counts)
    .map(([outcome, count]) => `${count} ${outcome}`)
    .toSorted()
    .join(', ');
}

function differencesOf(bare: Outcomes, traced: Outcomes): string[] {
  return [...new Set([...bare.keys(), ...traced.keys()])].flatMap((key) => {
    const [was, is] = [bare.get(key) ?? 'absent', traced.get(key) ?? 'absent'];
    return was === is ? [] : [`${key}: ${was} without the agent, ${is} with it`];
  });
}

function filesWith(files: readonly string[], differences: readonly string[]): readonly string[] {
  // A file that could not be loaded has its own path for a title.
  const named = files.filter((file) => differences.some((difference) => difference.includes(`/${file} `)));
  return named.length > 0 ? named : files;
}
