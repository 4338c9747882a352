import type { Config } from '../config.ts';
import type { DataDir } from '../lifecycle.ts';
import type { StateDriver } from '../state/driver.ts';
import { openPostgresState } from '../state/postgres/driver.ts';
import { openSqliteState } from '../state/sqlite/driver.ts';

/** A file of this collector's own, or the database it shares with others. */
export async function openState(
  { stateUrl }: Pick<Config, 'stateUrl'>,
  { statePath }: Pick<DataDir, 'statePath'>,
): Promise<StateDriver> {
  return stateUrl === undefined ? openSqliteState(statePath) : await openPostgresState({ url: stateUrl });
}
