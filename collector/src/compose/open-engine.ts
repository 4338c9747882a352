import type { Logger } from 'pino';
import type { Config } from '../config.ts';
import { StartFailure } from '../errors.ts';
import type { DataDir } from '../lifecycle.ts';
import {
  MigrationError,
  StorageError,
  applyRetention,
  boundSystemLogs,
  migrate,
  openStorage,
} from '../storage/index.ts';
import type { Storage } from '../storage/index.ts';

/** The engine, opened, migrated and told how long to keep things. */
export async function openEngine(config: Config, dataDir: DataDir, log: Logger): Promise<Storage> {
  let storage: Storage | undefined;
  try {
    storage = await openStorage(
      config.clickhouseUrl === undefined
        ? { mode: 'embedded', path: dataDir.enginePath }
        : { mode: 'server', url: config.clickhouseUrl },
    );
    const applied = await migrate(storage);
    if (applied.length > 0)
      log.info({ migrations: applied.map(({ name }) => name) }, 'schema brought up to date');
    const altered = await applyRetention(storage, config.retentionDays);
    if (altered.length > 0) log.info({ tables: altered, days: config.retentionDays }, 'retention changed');
    await boundSystemLogs(storage);
    return storage;
  } catch (cause) {
    await storage?.close();
    throw startFailureOf(cause);
  }
}

function startFailureOf(cause: unknown): unknown {
  if (cause instanceof MigrationError) {
    return new StartFailure(cause.problem === 'newer' ? 'state_newer' : 'storage_failed', trimmed(cause), {
      cause,
    });
  }
  if (cause instanceof StorageError) {
    const code = cause.kind === 'locked' ? 'data_dir_locked' : 'storage_failed';
    return new StartFailure(code, trimmed(cause), { cause });
  }
  return cause;
}

/** The remedy follows as a sentence of its own. */
function trimmed({ message }: Error): string {
  return message.trim().replace(/\.$/, '');
}
