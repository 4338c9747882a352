import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { repositoryDir } from '../support/paths.ts';
import type { Needed } from '../support/services.ts';

export const djangoDir = fileURLToPath(new URL('.', import.meta.url));

const installTimeoutMs = 300_000;
/** Out of reach of what formats and checks sources. */
const venvDir = join(repositoryDir, 'test/.artifacts/django-venv');

export interface Venv {
  /** Of a program installed in it. */
  path(program: string): string;
}

/** Python with Django and the unmodified OpenTelemetry packages, in a folder of our own. */
export const neededVenv: Needed<Venv> = {
  name: 'Python with Django from PyPI',
  remedy: 'Install the package python3-venv, and let pip reach PyPI.',
  start: async () => {
    const requirements = join(djangoDir, 'requirements.txt');
    const done = join(venvDir, 'installed');
    const wanted = createHash('sha256').update(readFileSync(requirements)).digest('hex');
    const venv = { path: (program: string) => join(venvDir, 'bin', program) };
    if (existsSync(done) && readFileSync(done, 'utf8') === wanted) return venv;
    try {
      const options = { timeout: installTimeoutMs, stdio: 'pipe' } as const;
      execFileSync('python3', ['-m', 'venv', '--clear', venvDir], options);
      execFileSync(venv.path('pip'), ['install', '--quiet', '--requirement', requirements], options);
      writeFileSync(done, wanted);
      return venv;
    } catch (error) {
      console.log(`no Python environment: ${String(error).slice(0, 500)}`);
      return undefined;
    }
  },
};
