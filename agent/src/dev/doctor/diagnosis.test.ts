import { expect, it } from 'vitest';
import { bundledPackages } from './bundle.ts';
import { START_FIX, diagnose } from './diagnosis.ts';
import type { HookFacts, LibraryFacts, ProcessFacts } from './facts.ts';
import { diagnosisTable } from './table.ts';

const TAKEN: HookFacts = { module: 'pg', supported: ['>=8 <9'], version: '8.16.0', isTaken: true };
const MISSED: HookFacts = { ...TAKEN, isTaken: false };
const PG: LibraryFacts = {
  name: 'pg',
  packages: ['pg'],
  isInstalled: true,
  isDisabled: false,
  isOn: true,
  hooks: [TAKEN],
};
const FACTS: ProcessFacts = {
  pid: 1,
  mainFile: '/app/app.js',
  isListening: true,
  isStartedByApp: false,
  libraries: [PG],
  loaded: { pg: 'commonjs' },
  loadedBefore: [],
  loadedBeforeStart: [],
};

interface Row {
  readonly library?: Partial<LibraryFacts>;
  readonly facts?: Partial<ProcessFacts>;
  readonly bundled?: readonly string[];
}

it.each<[string, Row, string, string, string]>([
  ['hooked', {}, 'hooked', '', ''],
  ['part of Node', { library: { packages: [], hooks: [TAKEN] }, facts: { loaded: {} } }, 'hooked', '', ''],
  ['by diagnostics channel', { library: { hooks: [] } }, 'hooked', '', ''],
  [
    'absent',
    { library: { isInstalled: false, isOn: false, hooks: [] }, facts: { loaded: {} } },
    'absent',
    'not installed',
    '',
  ],
  [
    'not loaded',
    { library: { hooks: [MISSED] }, facts: { loaded: {} } },
    'not_loaded',
    'installed, not loaded so far',
    '',
  ],
  [
    'off',
    { library: { isDisabled: true, isOn: false } },
    'off',
    'named in OTEL_NODE_DISABLED_INSTRUMENTATIONS',
    '',
  ],
  [
    'too early',
    { library: { hooks: [MISSED] }, facts: { loadedBefore: ['pg'] } },
    'not_hooked',
    'loaded before the agent',
    START_FIX,
  ],
  [
    'early, and again',
    { facts: { loadedBefore: ['pg'] } },
    'hooked',
    'but loaded before the agent too: what was made of it then is not traced',
    START_FIX,
  ],
  [
    'before start()',
    { facts: { loadedBeforeStart: ['pg'] } },
    'not_hooked',
    'loaded before the app calls start()',
    START_FIX,
  ],
  [
    'another version',
    { library: { hooks: [{ ...MISSED, version: '7.1.0' }] } },
    'not_hooked',
    'version 7.1.0 is not supported (>=8 <9)',
    'npm install pg@">=8 <9"',
  ],
  [
    'an ES module past the hook',
    { library: { hooks: [{ ...MISSED, version: undefined }] }, facts: { loaded: { pg: 'module' } } },
    'not_hooked',
    'an ES module, loaded past the hook',
    START_FIX,
  ],
  [
    'bundled, and not installed where it runs',
    { library: { isInstalled: false, isOn: false, hooks: [] }, facts: { loaded: {} }, bundled: ['pg'] },
    'not_hooked',
    'bundled into app.js',
    'build with the plugin of @nightjar/agent/esbuild, or leave it out: --external:pg',
  ],
  [
    'bundled with our plugin, and not installed where it runs',
    { library: { isInstalled: false }, facts: { loaded: {} }, bundled: ['pg'] },
    'hooked',
    'in the bundle app.js',
    '',
  ],
  [
    'bundled with our plugin, in a version without support',
    {
      library: { isInstalled: false, hooks: [{ ...MISSED, version: '7.1.0' }] },
      facts: { loaded: {} },
      bundled: ['pg'],
    },
    'not_hooked',
    'version 7.1.0 is not supported (>=8 <9)',
    'npm install pg@">=8 <9"',
  ],
  ['bundled, and loaded from outside all the same', { bundled: ['pg'] }, 'hooked', '', ''],
  [
    'a broken instrumentation',
    { library: { isOn: false } },
    'not_hooked',
    'its instrumentation failed to load',
    'see the agent line on stderr',
  ],
])('%s', (_, { library, facts, bundled = [] }, status, why, fix) => {
  const seen = { ...FACTS, ...facts, libraries: [{ ...PG, ...library }] };
  const rows = diagnose(seen, { file: 'app.js', packages: new Set(bundled) });
  expect(rows).toMatchObject([{ library: 'pg', status, why, fix }]);
});

it.each([
  ['a comment of esbuild', '// node_modules/pg/lib/index.js\nvar x', ['pg']],
  [
    'a key of esbuild',
    'var require_a = __commonJS({\n  "node_modules/@scope/a/b.js"(exports) {',
    ['@scope/a'],
  ],
  ['a key of webpack', `/***/ "./node_modules/pg/lib/index.js":`, ['pg']],
  ['a workspace above', '// ../../node_modules/pg/lib/index.js', ['pg']],
  ['ordinary source', `const path = join(root, 'node_modules', 'pg'); // see node_modules`, []],
])('reads what is bundled from %s', (_, source, packages) => {
  expect([...bundledPackages(source)]).toEqual(packages);
});

it('puts what needs a hand first, with its fix, and only counts what is absent', () => {
  const libraries = [
    PG,
    { ...PG, name: 'express', packages: ['express'], hooks: [{ ...MISSED, version: undefined }] },
    { ...PG, name: 'koa', packages: ['koa'], isInstalled: false, isOn: false, hooks: [] },
  ];
  const rows = diagnose({ ...FACTS, libraries, loaded: { pg: 'commonjs', express: 'module' } }, undefined);
  expect(diagnosisTable(rows)).toBe(
    [
      'express  NOT HOOKED          an ES module, loaded past the hook',
      `    fix: ${START_FIX}`,
      'pg       hooked      8.16.0',
      '1 more would be hooked if they were installed',
      '',
    ].join('\n'),
  );
});
