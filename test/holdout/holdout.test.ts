import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Client } from 'pg';
import { neededMongo } from '../support/mongo.ts';
import { neededMySql } from '../support/mysql.ts';
import { neededPostgres } from '../support/postgres.ts';
import { neededRedis } from '../support/redis.ts';
import { provide } from '../support/services.ts';
import { faultsOf, plainFindings, sentFindings } from './judge.ts';
import { holdoutDir } from './prepare.ts';
import { runApp, startBare, type AppRun } from './run-app.ts';
import { readSource } from './seeds.ts';

type Service = 'postgres' | 'mysql' | 'redis' | 'mongo' | 'upstream';

interface HoldoutApp {
  readonly name: string;
  readonly entry?: string;
  readonly needs: readonly Service[];
  readonly schema?: string;
  /** Words that only the hint of this stack has. */
  readonly hint: RegExp;
}

const apps: readonly HoldoutApp[] = [
  { name: 'pg', needs: ['postgres'], hint: /before the loop|one statement/ },
  { name: 'knex', needs: ['postgres'], hint: /whereIn|insert\(\[/ },
  { name: 'drizzle', needs: ['postgres'], hint: /inArray|insert\(/ },
  { name: 'sequelize', needs: ['postgres'], hint: /include|bulkCreate/ },
  {
    name: 'typeorm',
    entry: 'typeorm/dist/main.js',
    needs: ['postgres'],
    hint: /relations|insert\(\)\.values/,
  },
  { name: 'mikro', needs: ['postgres'], hint: /populate|insertMany|flush|one statement/ },
  {
    name: 'prisma',
    entry: 'prisma/main.ts',
    needs: ['postgres'],
    schema: 'prisma/tables.sql',
    hint: /include|createMany/,
  },
  { name: 'graphql', needs: ['postgres'], hint: /DataLoader/ },
  { name: 'mysql', needs: ['mysql'], hint: /before the loop|one statement/ },
  { name: 'redis', needs: ['redis'], hint: /MGET|pipeline/i },
  { name: 'http', needs: ['upstream'], hint: /batch|ids/ },
  { name: 'mongo', needs: ['mongo'], hint: /\$in|populate|insertMany|bulkWrite/ },
  { name: 'jobs', needs: ['postgres', 'redis'], hint: /before the loop|one statement/ },
];

/** One question asked again: without the agent's hash of the values nothing tells it from a loop over ids. */
const undecidable: ReadonlySet<string> = new Set(['pg /flags/same', 'pg /wait']);

const postgres = await provide(neededPostgres);
const mysql = await provide(neededMySql);
const redis = await provide(neededRedis);
const mongo = await neededMongo.start();
if (mongo === undefined) console.log('mongo: answered by apps/mongo/server.js, not by a database');
const isHere: Readonly<Record<Service, boolean>> = {
  postgres: postgres !== undefined,
  mysql: mysql !== undefined,
  redis: redis !== undefined,
  mongo: true,
  upstream: true,
};
const appsDir = join(holdoutDir, 'apps');
const stops: (() => Promise<unknown>)[] = [];

afterAll(async () => {
  for (const stop of stops) await stop();
  await Promise.all([postgres?.close(), mysql?.close(), redis?.close(), mongo?.close()]);
});

async function environmentOf(app: HoldoutApp): Promise<Record<string, string>> {
  const env: Record<string, string> = {};
  if (app.needs.includes('postgres') && postgres !== undefined) {
    env['DATABASE_URL'] = await postgres.createDatabase();
    const client = new Client({ connectionString: env['DATABASE_URL'] });
    await client.connect();
    await client.query(readFileSync(join(appsDir, app.schema ?? 'schema.sql'), 'utf8'));
    await client.end();
  }
  if (app.needs.includes('mysql') && mysql !== undefined) env['MYSQL_URL'] = mysql.url;
  if (app.needs.includes('redis') && redis !== undefined) env['REDIS_URL'] = redis.url;
  if (app.needs.includes('mongo') && mongo !== undefined) env['MONGO_URL'] = mongo.url;
  for (const [need, name, entry] of [
    ['upstream', 'UPSTREAM_URL', 'http/upstream.js'],
    ['mongo', 'MONGO_URL', 'mongo/server.js'],
  ] as const) {
    if (!app.needs.includes(need) || env[name] !== undefined) continue;
    const server = await startBare(entry);
    stops.push(async () => await server.stop());
    env[name] = server.url;
  }
  return env;
}

describe.each(apps)('$name', (app) => {
  const source = readSource(appsDir, app.name);
  const isRunnable = app.needs.every((need) => isHere[need]);
  let run: AppRun;

  beforeAll(async () => {
    if (!isRunnable) return;
    const env = await environmentOf(app);
    run = await runApp({ entry: app.entry ?? `${app.name}/main.js`, env, requests: source.requests });
  });

  it.skipIf(!isRunnable).each(source.requests)('$method $path', (request) => {
    const [route] = request.path.split('?');
    const expected = {
      seeds: source.seeds.filter((seed) => seed.route === route),
      hint: app.hint,
      hasCallSites: true,
      mayRepeat: source.repeats.includes(route ?? ''),
    };
    const spans = run.spansOf(request);
    expect({ status: run.statusOf(request), hasTrace: spans.length > 0 }).toEqual({
      status: 200,
      hasTrace: true,
    });
    expect(faultsOf(sentFindings(spans), expected)).toEqual([]);
    if (undecidable.has(`${app.name} ${request.path}`)) return;
    expect(faultsOf(plainFindings(spans), expected)).toEqual([]);
  });

  it('has no seed without its route', () => {
    const routes = new Set(source.requests.map(({ path }) => path.split('?')[0]));
    expect(source.seeds.filter(({ route }) => !routes.has(route))).toEqual([]);
    expect(source.seeds.length).toBeGreaterThan(0);
  });
});
