import { PGlite } from '@electric-sql/pglite';
import { PGLiteSocketServer } from '@electric-sql/pglite-socket';

export interface DatabaseServer {
  readonly url: string;
  readonly close: () => Promise<void>;
}

/** Postgres in this process, over a real socket. */
export async function startDatabase(): Promise<DatabaseServer> {
  const db = await PGlite.create();
  await db.exec(`CREATE TABLE authors (id int PRIMARY KEY, name text);
    INSERT INTO authors SELECT n, 'author ' || n FROM generate_series(1, 20) n;`);
  const server = new PGLiteSocketServer({ db, port: 0, host: '127.0.0.1', maxConnections: 8 });
  await server.start();
  return {
    url: `postgresql://postgres:postgres@${server.getServerConn()}/postgres?sslmode=disable`,
    close: async () => {
      await server.stop();
      await db.close();
    },
  };
}
