import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A real file system of a few MiB in memory. */
export interface SmallDisk {
  readonly path: string;
  setReadOnly(isReadOnly: boolean): void;
  remove(): void;
}

/** Mounting is for root, and not in every container: without it the tests keep to the form that needs no rights, and say so. */
export const canMount = tryMount();

export function mountSmallDisk(path: string, sizeMib: number): SmallDisk {
  mkdirSync(path, { recursive: true });
  run('mount', ['-t', 'tmpfs', '-o', `size=${sizeMib}m`, 'tmpfs', path]);
  return {
    path,
    setReadOnly: (isReadOnly) => run('mount', ['-o', `remount,${isReadOnly ? 'ro' : 'rw'}`, path]),
    remove: () => run('umount', ['-l', path]),
  };
}

function tryMount(): boolean {
  if (process.getuid?.() !== 0) return false;
  const path = mkdtempSync(join(tmpdir(), 'nightjar-mount-'));
  try {
    mountSmallDisk(path, 1).remove();
    return true;
  } catch {
    console.log('mounting is not permitted here: only the forms in user space are run');
    return false;
  } finally {
    rmSync(path, { recursive: true, force: true });
  }
}

function run(command: string, args: readonly string[]): void {
  execFileSync(command, args, { stdio: 'pipe' });
}
