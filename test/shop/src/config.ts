import { readFileSync } from 'node:fs';

export interface Config {
  readonly host: string;
  readonly port: number;
  readonly databaseUrl: string;
  readonly poolSize: number;
  /** null: jobs wait in a table of the database instead. */
  readonly redisUrl: string | null;
  readonly inventoryUrl: string;
  readonly release: string;
  readonly mailMs: number;
  readonly logLevel: string;
}

export function readConfig(env: NodeJS.ProcessEnv = process.env): Config {
  return {
    host: env['SHOP_HOST'] ?? '127.0.0.1',
    port: number(env['PORT'], 3000),
    databaseUrl: env['DATABASE_URL'] ?? 'postgres://postgres@127.0.0.1:5432/shop',
    poolSize: number(env['SHOP_POOL_SIZE'], 10),
    redisUrl: env['REDIS_URL'] ?? null,
    inventoryUrl: env['INVENTORY_URL'] ?? 'http://127.0.0.1:3001',
    release: env['SHOP_RELEASE'] ?? packageVersion(),
    mailMs: number(env['SHOP_MAIL_MS'], 120),
    logLevel: env['LOG_LEVEL'] ?? 'info',
  };
}

/** True from 1.4.2 on: the product page shows who has bought the book before. */
export function showsVerifiedBuyers(release: string): boolean {
  return release.localeCompare('1.4.2', 'en', { numeric: true }) >= 0;
}

function number(text: string | undefined, otherwise: number): number {
  const parsed = Number(text ?? otherwise);
  if (!Number.isInteger(parsed) || parsed < 0) throw new Error(`expected a whole number, got ${text}`);
  return parsed;
}

function packageVersion(): string {
  const parsed: unknown = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
  if (typeof parsed === 'object' && parsed !== null && 'version' in parsed) return String(parsed.version);
  return '0.0.0';
}
