import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { runDoctor } from '../dev/doctor/index.ts';
import type { DiagnosisRow } from '../dev/doctor/index.ts';

const APPS = fileURLToPath(new URL('../../test-apps/', import.meta.url));

interface Visit {
  readonly code: number;
  readonly printed: string;
  readonly warned: string;
}

async function visit(...args: readonly string[]): Promise<Visit> {
  let printed = '';
  let warned = '';
  const code = await runDoctor({
    args,
    env: { PATH: process.env['PATH'] },
    print: (text) => void (printed += text),
    warn: (text) => void (warned += text),
  });
  return { code, printed, warned };
}

it('finds an app whose libraries are hooked in order', async () => {
  const { code, printed, warned } = await visit('--json', '--', process.execPath, `${APPS}named.mjs`);
  const { libraries, isStartedByApp }: { libraries: DiagnosisRow[]; isStartedByApp: boolean } =
    JSON.parse(printed);
  expect(isStartedByApp).toBe(false);
  expect(libraries.filter(({ status }) => status === 'not_hooked')).toEqual([]);
  expect(libraries).toContainEqual(
    expect.objectContaining({ library: 'express', status: 'hooked', version: expect.stringMatching(/^5\./) }),
  );
  expect(libraries).toContainEqual(expect.objectContaining({ library: 'pg', status: 'not_loaded' }));
  expect({ code, warned }).toEqual({ code: 0, warned: '' });
});

it('finds what was loaded before the agent, and names the fix', async () => {
  const app = [process.execPath, '--require', 'express', `${APPS}plain.cjs`];
  const { code, printed } = await visit('--', ...app);
  expect(printed).toMatch(
    /^express +NOT HOOKED +loaded before the agent\n {4}fix: start with: node --import/,
  );
  expect(code).toBe(1);
});

it('finds that the app starts the agent too late', async () => {
  const app = [process.execPath, '--conditions=nightjar-source', `${APPS}late.mjs`];
  const { code, printed } = await visit('--', ...app);
  expect(printed).toMatch(
    /^express +NOT HOOKED +5\.\S+ +loaded before the app calls start\(\)\n {4}fix: start with/,
  );
  expect(printed).not.toContain('The agent was added by the doctor');
  expect(code).toBe(1);
});

it('says that the app ended by itself', async () => {
  const { printed, warned } = await visit('--', process.execPath, `${APPS}no-such-app.mjs`);
  expect(warned).toBe('the command ended with 1 before the doctor was done; see its output above\n');
  expect(printed).toContain('hooked');
});

it('says so when nothing of Node ran', async () => {
  const { code, warned } = await visit('--', 'nightjar-no-such-program');
  expect(code).toBe(1);
  expect(warned).toContain('no Node process with the agent was seen: spawn nightjar-no-such-program ENOENT');
});

it.each([[[]], [['node', 'app.js']], [['--what', '--', 'node']], [['--seconds=0', '--', 'node']]])(
  'explains itself when called with %o',
  async (args) => {
    const { code, warned } = await visit(...args);
    expect(code).toBe(64);
    expect(warned).toContain('Usage: nightjar doctor');
  },
);
