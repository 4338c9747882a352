import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const repositoryDir = fileURLToPath(new URL('../../', import.meta.url));
export const shopDir = join(repositoryDir, 'test/shop');
export const casesDir = join(repositoryDir, 'test/n-plus-one-cases');

export interface TempDir {
  readonly path: string;
  remove(): void;
}

export function tempDir(name: string): TempDir {
  const path = mkdtempSync(join(tmpdir(), `nightjar-${name}-`));
  return { path, remove: () => rmSync(path, { recursive: true, force: true, maxRetries: 3 }) };
}
