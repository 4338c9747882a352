import { readRulesFolder } from '@nightjar/alerts';
import type { RulesFolder } from '@nightjar/alerts';
import { RulesFailure } from './failure.ts';

/** The rules of a folder; a folder that cannot be listed ends the command. */
export async function readFolder(dir: string): Promise<RulesFolder> {
  const folder = await readRulesFolder(dir);
  const unreadable = folder.problems.find(({ code }) => code === 'directory_unreadable');
  if (unreadable !== undefined)
    throw new RulesFailure(64, `${dir}: ${unreadable.message.replace(/^file: /, '')}`);
  return folder;
}
