import { chownSync, existsSync, readdirSync } from 'node:fs';
import { execFileSync } from 'node:child_process';
import { delimiter, join } from 'node:path';
import { Client } from 'pg';
import { tempDir } from './paths.ts';
import { until } from './poll.ts';
import { freePort, launch } from './process.ts';
import type { Needed } from './services.ts';

export interface Postgres {
  /** A database of its own for each caller. */
  createDatabase(): Promise<string>;
  /** Forgets what the server has counted in that database. */
  resetCounts(url: string): Promise<void>;
  /** Statements that the server itself has counted there since, without BEGIN, COMMIT and other utility ones. */
  countStatements(url: string): Promise<number>;
  close(): Promise<void>;
}

/** A real server that counts statements: DATABASE_URL when it is such a one, else a cluster of our own. */
export const neededPostgres: Needed<Postgres> = {
  name: 'Postgres with pg_stat_statements',
  remedy: 'Set DATABASE_URL to a server that preloads it, or install the package postgresql.',
  start: async () => (await reachable(process.env['DATABASE_URL'])) ?? (await ownCluster()),
};

async function reachable(url: string | undefined): Promise<Postgres | undefined> {
  if (url === undefined) return undefined;
  try {
    await withClient(url, async (client) => {
      await client.query('CREATE EXTENSION IF NOT EXISTS pg_stat_statements');
      await client.query('SELECT count(*) FROM pg_stat_statements');
    });
    return counting(url, async () => undefined);
  } catch {
    return undefined;
  }
}

async function ownCluster(): Promise<Postgres | undefined> {
  const bin = binDir();
  const user = serverUser();
  if (bin === undefined || user === undefined) return undefined;
  const dir = tempDir('postgres');
  if (user.uid !== undefined) chownSync(dir.path, user.uid, user.gid ?? user.uid);
  const data = join(dir.path, 'data');
  const initdb = launch({
    command: join(bin, 'initdb'),
    args: ['-D', data, '-U', 'postgres', '-A', 'trust', '--no-sync', '-E', 'UTF8', '--locale=C'],
    cwd: dir.path,
    ...user,
  });
  if ((await initdb.exited).code !== 0) throw new Error(`initdb failed: ${initdb.output()}`);
  const port = await freePort();
  const settings = {
    listen_addresses: '127.0.0.1',
    port: String(port),
    unix_socket_directories: '',
    shared_preload_libraries: 'pg_stat_statements',
    fsync: 'off',
    max_connections: '60',
  };
  const server = launch({
    command: join(bin, 'postgres'),
    args: ['-D', data, ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])],
    cwd: dir.path,
    ...user,
  });
  const url = `postgres://postgres@127.0.0.1:${port}/postgres`;
  await until(
    async () => {
      if (server.hasExited()) return 'ended';
      return await withClient(url, async (client) => {
        await client.query('CREATE EXTENSION IF NOT EXISTS pg_stat_statements');
        return 'ready';
      });
    },
    () => true,
    { what: 'Postgres to start' },
  );
  if (server.hasExited()) throw new Error(`postgres did not start: ${server.output()}`);
  return counting(url, async () => {
    await server.stop('SIGINT');
    dir.remove();
  });
}

function counting(adminUrl: string, stop: () => Promise<void>): Postgres {
  const created: string[] = [];
  const nameOf = (url: string) => new URL(url).pathname.slice(1);
  return {
    async createDatabase() {
      const name = `nightjar_${process.pid}_${Date.now().toString(36)}_${created.length}`;
      await withClient(adminUrl, async (client) => await client.query(`CREATE DATABASE ${name}`));
      created.push(name);
      const url = new URL(adminUrl);
      url.pathname = `/${name}`;
      return url.href;
    },
    async resetCounts(url) {
      await withClient(
        adminUrl,
        async (client) =>
          await client.query(
            'SELECT pg_stat_statements_reset(0, (SELECT oid FROM pg_database WHERE datname = $1), 0)',
            [nameOf(url)],
          ),
      );
    },
    async countStatements(url) {
      // Utility statements are recognised by text: a shared server may track them.
      return await withClient(adminUrl, async (client) => {
        const { rows } = await client.query<{ calls: number }>(
          `SELECT coalesce(sum(calls), 0)::int AS calls FROM pg_stat_statements
            WHERE dbid = (SELECT oid FROM pg_database WHERE datname = $1)
              AND query !~* '^\\s*(begin|start transaction|commit|rollback|savepoint|release|set|show|discard)\\M'`,
          [nameOf(url)],
        );
        return rows[0]?.calls ?? 0;
      });
    },
    async close() {
      await withClient(adminUrl, async (client) => {
        for (const name of created) await client.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
      });
      await stop();
    },
  };
}

async function withClient<T>(url: string, use: (client: Client) => Promise<T>): Promise<T> {
  const client = new Client({ connectionString: url, connectionTimeoutMillis: 5_000 });
  await client.connect();
  try {
    return await use(client);
  } finally {
    await client.end();
  }
}

function binDir(): string | undefined {
  const debian = '/usr/lib/postgresql';
  const versions = existsSync(debian) ? readdirSync(debian).sort((a, b) => Number(b) - Number(a)) : [];
  const candidates = [
    ...versions.map((version) => join(debian, version, 'bin')),
    ...(process.env['PATH'] ?? '').split(delimiter),
  ];
  return candidates.find((dir) => existsSync(join(dir, 'initdb')) && existsSync(join(dir, 'postgres')));
}

/** Postgres refuses to run as root: there, a user without rights takes its place. */
function serverUser(): { uid?: number; gid?: number } | undefined {
  if (process.getuid?.() !== 0) return {};
  for (const name of ['postgres', 'nobody']) {
    try {
      const id = (flag: string) =>
        Number(execFileSync('id', [flag, name], { encoding: 'utf8', stdio: 'pipe' }));
      return { uid: id('-u'), gid: id('-g') };
    } catch {
      continue;
    }
  }
  return undefined;
}
