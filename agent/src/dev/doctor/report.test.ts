import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { InstrumentationBase, InstrumentationNodeModuleDefinition } from '@opentelemetry/instrumentation';
import type { Instrumentation } from '@opentelemetry/instrumentation';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { DOCTOR_LIBRARY_PREFIX, DOCTOR_MAIN_FILE } from '../../attributes.ts';
import type { InstrumentationRow } from '../../instrumentations/row.ts';
import { startReport } from './report.ts';
import type { DoctorEvent } from './report.ts';

class Hook extends InstrumentationBase {
  constructor(name: string) {
    super(name, '0.0.0', { enabled: false });
    this.definition.name = name;
  }

  get definition(): InstrumentationNodeModuleDefinition {
    const modules: unknown = Reflect.get(this, '_modules');
    if (!Array.isArray(modules)) throw new Error('no modules');
    return modules[0];
  }

  protected override init(): InstrumentationNodeModuleDefinition {
    return new InstrumentationNodeModuleDefinition('', ['>=8 <9'], (exports) => exports);
  }
}

const FIRST_LOOK_MS = 5_000;
const HOUR_MS = 3_600_000;
const rows: readonly InstrumentationRow[] = ['pg', 'koa', 'hapi', 'mysql', 'knex-call-sites'].map((name) => ({
  name,
  packages: [name],
  create: () => new Hook(name),
}));

let folder = '';
let told: DoctorEvent[] = [];
let onEmit: () => void = () => undefined;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'nightjar-report-'));
  told = [];
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
});
afterEach(() => {
  vi.useRealTimers();
  rmSync(folder, { recursive: true });
});

function follow(on: ReadonlyMap<string, Instrumentation>): () => void {
  const mainFile = join(folder, 'main.cjs');
  writeFileSync(mainFile, '// node_modules/mysql/index.js\nvar bundled;');
  const { follow: start, stop } = startReport({
    rows,
    isPresent: (name) => name !== 'hapi' && name !== 'mysql',
    disabled: new Set(['koa']),
    mainFile,
    emit: (event) => {
      told.push(event);
      onEmit();
    },
  });
  start(on);
  return stop;
}

/** The bundle is read from a real disk. */
async function nextEvent(passMs: number): Promise<DoctorEvent | undefined> {
  const emitted = new Promise<void>((resolve) => {
    onEmit = resolve;
  });
  vi.advanceTimersByTime(passMs);
  await emitted;
  return told.at(-1);
}

it('tells what is hooked, off and bundled, and leaves out what is absent', async () => {
  const pg = new Hook('pg');
  Object.assign(pg.definition, { moduleVersion: '8.16.0', moduleExports: {} });
  const stop = follow(new Map([['pg', pg]]));
  const event = await nextEvent(FIRST_LOOK_MS);
  stop();
  const library = (fields: object): string => JSON.stringify(fields);
  expect(event).toEqual({
    eventName: 'nightjar.doctor',
    severityNumber: 13,
    severityText: 'WARN',
    body: 'The agent watches 1 library, but not mysql',
    attributes: {
      [DOCTOR_MAIN_FILE]: 'main.cjs',
      [`${DOCTOR_LIBRARY_PREFIX}pg`]: library({ status: 'hooked', version: '8.16.0', why: '', fix: '' }),
      [`${DOCTOR_LIBRARY_PREFIX}koa`]: library({
        status: 'off',
        why: 'named in OTEL_NODE_DISABLED_INSTRUMENTATIONS',
        fix: '',
      }),
      [`${DOCTOR_LIBRARY_PREFIX}mysql`]: library({
        status: 'not_hooked',
        why: 'bundled into main.cjs',
        fix: 'build with the plugin of @nightjar/agent/esbuild, or leave it out: --external:mysql',
      }),
    },
  });
});

it('tells again of a change, and once an hour', async () => {
  const pg = new Hook('pg');
  const stop = follow(new Map([['pg', pg]]));
  const first = await nextEvent(FIRST_LOOK_MS);
  expect(first?.attributes[`${DOCTOR_LIBRARY_PREFIX}pg`]).toContain('not_loaded');
  Object.assign(pg.definition, { moduleVersion: '8.16.0', moduleExports: {} });
  const second = await nextEvent(25_000);
  expect(second?.attributes[`${DOCTOR_LIBRARY_PREFIX}pg`]).toContain('hooked');
  const third = await nextEvent(HOUR_MS + 480_000);
  stop();
  expect({ told: told.length, third }).toEqual({ told: 3, third: second });
});
