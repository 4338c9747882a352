import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

const SILENT = { OTEL_TRACES_EXPORTER: 'none', OTEL_METRICS_EXPORTER: 'none', OTEL_LOGS_EXPORTER: 'none' };

async function stderrOf(...modules: readonly string[]): Promise<string> {
  const imports = modules.flatMap((module) => ['--import', fileURLToPath(new URL(module, import.meta.url))]);
  return await new Promise((resolve) => {
    const args = ['--conditions=nightjar-source', ...imports, '--eval', 'process.exitCode = 0'];
    execFile(process.execPath, args, { env: { PATH: process.env['PATH'], ...SILENT } }, (_, __, stderr) =>
      resolve(stderr),
    );
  });
}

it('starts once, and refuses to run beside an agent that sends', async () => {
  expect(await stderrOf('setup.ts', 'setup.ts')).toBe('');
  const refused = await stderrOf('../register.ts', 'setup.ts');
  expect(refused).toContain('load @nightjar/agent/test/setup in its place');
}, 20_000);
