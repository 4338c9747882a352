import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { tempDir } from './paths.ts';
import { until } from './poll.ts';
import { freePort, launch } from './process.ts';
import type { Needed } from './services.ts';

export interface MySql {
  /** Of the server's own database; whoever comes makes its own. */
  readonly url: string;
  close(): Promise<void>;
}

const systemTables = '/usr/share/mysql/mysql_system_tables.sql';
const binDirs = ['/usr/sbin', '/usr/bin', '/usr/local/sbin', '/usr/local/bin'];

/** A MariaDB server of our own, where its binaries are installed; it takes no configuration from the machine. */
export const neededMySql: Needed<MySql> = {
  name: 'MariaDB',
  remedy: 'Install the package mariadb-server-core.',
  start: async () => {
    const server = binary('mariadbd');
    if (server === undefined || !existsSync(systemTables)) return undefined;
    const dir = tempDir('mariadb');
    const data = join(dir.path, 'data');
    const asRoot = process.getuid?.() === 0 ? ['--user=root'] : [];
    const common = ['--no-defaults', ...asRoot, `--datadir=${data}`];
    mkdirSync(data);
    // What mariadb-install-db does, which itself needs the client's package.
    const input = `CREATE DATABASE mysql;\nUSE mysql;\n${readFileSync(systemTables, 'utf8')}`;
    execFileSync(server, [...common, '--bootstrap', '--skip-grant-tables'], { input, stdio: 'pipe' });
    const port = await freePort();
    const running = launch({
      command: server,
      args: [
        ...common,
        `--port=${port}`,
        '--bind-address=127.0.0.1',
        `--socket=${join(dir.path, 'mysql.sock')}`,
        '--skip-grant-tables',
        '--skip-networking=0',
        '--innodb-flush-log-at-trx-commit=0',
      ],
      cwd: dir.path,
    });
    await until(
      () => running.output(),
      (output) => running.hasExited() || output.includes('ready for connections'),
      { what: 'MariaDB to start' },
    );
    if (running.hasExited()) throw new Error(`mariadbd did not start: ${running.output()}`);
    return {
      url: `mysql://root@127.0.0.1:${port}/mysql`,
      async close() {
        await running.stop();
        dir.remove();
      },
    };
  },
};

function binary(name: string): string | undefined {
  return binDirs.map((dir) => join(dir, name)).find((path) => existsSync(path));
}
