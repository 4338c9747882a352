import type { SourceFile } from './source-files.ts';

/** Rooms inside `collector/src`, each with the rooms it may import beside itself. */
const collectorRooms: Readonly<Record<string, readonly string[]>> = {
  model: [],
  receive: ['model'],
  decode: ['model'],
  normalise: ['model'],
  journal: ['model'],
  write: ['storage', 'model'],
  storage: [],
  sweep: ['storage'],
  query: ['storage', 'contract'],
  contract: [],
  state: [],
  api: ['contract', 'query', 'state'],
  ci: ['contract'],
  // Runs spans through the stages into an engine of its own: a small composition root.
  'rules-cli': [
    'contract',
    'model',
    'decode',
    'normalise',
    'journal',
    'write',
    'storage',
    'sweep',
    'query',
    'state',
  ],
  'queue-exporter': [],
};
/** Single files of `collector/src` that any room that answers people may use. */
const collectorFloor = ['errors', 'config', 'self-metrics', 'package-paths'];
const floorUsers = [
  'api',
  'ci',
  'queue-exporter',
  'state',
  'lifecycle',
  'config',
  'errors',
  'self-metrics',
  'nearest-name',
  'package-paths',
];

/** What of other workspaces a room of the collector may import, beside the names of the agent's attributes. */
const collectorPackages: Readonly<Record<string, readonly string[]>> = {
  normalise: ['@nightjar/agent/sql'],
  sweep: ['@nightjar/agent/detect'],
  query: ['@nightjar/agent/detect', '@nightjar/alerts', '@nightjar/alerts/schema'],
  contract: ['@nightjar/alerts/schema'],
  state: ['@nightjar/alerts', '@nightjar/alerts/schema'],
  api: ['@nightjar/alerts', '@nightjar/alerts/schema'],
  ci: ['@nightjar/agent/acknowledge'],
  'rules-cli': ['@nightjar/alerts', '@nightjar/alerts/schema', '@nightjar/agent/detect'],
};
const compositionRoots = ['compose', 'main'];

const uiLayers = ['theme', 'api', 'lib', 'components', 'features', 'app'];
const agentPackages =
  /^(node:|@opentelemetry\/|@fastify\/otel$|@prisma\/instrumentation$|import-in-the-middle$)/;

/** Sentences, one a broken rule; empty for a file that keeps them all. */
export function brokenRules(file: SourceFile): string[] {
  const [workspace = ''] = file.path.split('/');
  const rules = rulesOf[workspace] ?? (() => undefined);
  return file.imports.flatMap((target) => {
    const broken = crossesWorkspace(file.path, target) ?? rules(file.path, target);
    return broken === undefined ? [] : [`${file.path} imports ${target}: ${broken}`];
  });
}

type Rule = (path: string, target: string) => string | undefined;
const rulesOf: Readonly<Record<string, Rule>> = {
  agent: agentRule,
  alerts: alertsRule,
  collector: collectorRule,
  ui: uiRule,
};

function crossesWorkspace(path: string, target: string): string | undefined {
  // A benchmark measures parts that no package exports, and drivers of the state need a server to be tested on.
  if (!isRelative(target) || /^test\/(bench|faults|e2e\/state)\//.test(path)) return undefined;
  const [from] = path.split('/');
  const [to] = target.split('/');
  return from === to ? undefined : 'a workspace is imported by its name, not by a path';
}

function isRelative(target: string): boolean {
  return /^(\.\.|agent|alerts|collector|ui|test)\//.test(target);
}

function isTest(path: string): boolean {
  return /\.test\.tsx?$|\/(test|testing|test-apps|test-support|fixtures|dev|integration)\//.test(
    path.replace(/^test\//, ''),
  );
}

function agentRule(path: string, target: string): string | undefined {
  if (target.startsWith('@nightjar/') && !target.startsWith('@nightjar/agent'))
    return 'agent -> OpenTelemetry only';
  if (isTest(path)) return undefined;
  const pure = /^agent\/src\/(sql|detect|acknowledge)\//.exec(path);
  if (pure !== null) {
    const isInside =
      /^agent\/src\/(sql|detect|acknowledge)\//.test(target) || target === 'agent/src/attributes.ts';
    return isInside
      ? undefined
      : 'detect, sql and acknowledge are pure: no OpenTelemetry, no I/O, no package';
  }
  if (isRelative(target) || agentPackages.test(target)) return undefined;
  return 'agent -> OpenTelemetry only';
}

function alertsRule(path: string, target: string): string | undefined {
  if (target.startsWith('@nightjar/') && !target.startsWith('@nightjar/alerts'))
    return 'alerts -> nothing in the repo';
  if (isTest(path)) return undefined;
  if (/^alerts\/src\/(verdict|transition)\.ts$/.test(path)) {
    return target.startsWith('node:') || /(engine|scheduler|ports-|channels\/|delivery\/)/.test(target)
      ? 'verdict and transition are pure'
      : undefined;
  }
  if (path.startsWith('alerts/src/channels/') && isRelative(target)) {
    const isAllowed = /^alerts\/(schema\/|src\/channels\/|src\/ports\.ts$)/.test(target);
    return isAllowed ? undefined : 'channels -> nothing but their own protocol';
  }
  if (
    path === 'alerts/src/engine.ts' &&
    /channels\/|delivery\/worker|scheduler|^node:(?!crypto)/.test(target)
  ) {
    return 'engine -> ports: it reaches the outside through them alone';
  }
  if (path.startsWith('alerts/schema/') && isRelative(target) && !target.startsWith('alerts/schema/')) {
    return 'schema -> schema only';
  }
  return undefined;
}

function collectorRule(path: string, target: string): string | undefined {
  if (!path.startsWith('collector/src/') || isTest(path)) return undefined;
  const room = roomOf(path);
  if (compositionRoots.includes(room)) return undefined;
  if (target.startsWith('@nightjar/')) {
    return target === '@nightjar/agent/attributes' || collectorPackages[room]?.includes(target) === true
      ? undefined
      : `${room} -> ${collectorPackages[room]?.join(', ') ?? 'no other workspace'}`;
  }
  if (target === '@clickhouse/client' || target.startsWith('chdb')) {
    return room === 'storage' ? undefined : 'only storage holds the ClickHouse client';
  }
  if (!target.startsWith('collector/src/')) return undefined;
  const to = roomOf(target);
  if (compositionRoots.includes(to)) return 'nothing imports compose';
  if (to === room) return undefined;
  const allowed = collectorRooms[room];
  if (allowed === undefined) {
    // Single files above the rooms are leaves: they import each other, not rooms.
    return collectorRooms[to] === undefined ? undefined : `${room} -> no room`;
  }
  if (allowed.includes(to)) return undefined;
  if (floorUsers.includes(room) && (collectorFloor.includes(to) || collectorRooms[to] === undefined))
    return undefined;
  return `${room} -> ${allowed.join(', ') || 'nothing'}`;
}

function roomOf(path: string): string {
  return (path.split('/')[2] ?? '').replace(/\.ts$/, '');
}

function uiRule(path: string, target: string): string | undefined {
  if (target.startsWith('@nightjar/') && target !== '@nightjar/collector/contract') {
    return 'ui -> @nightjar/collector/contract only';
  }
  if (isTest(path) || !path.startsWith('ui/src/')) return undefined;
  if (target === 'recharts') {
    return path.startsWith('ui/src/components/charts/') ? undefined : 'one folder imports recharts';
  }
  if (!target.startsWith('ui/src/')) return undefined;
  const from = layerOf(path);
  const to = layerOf(target);
  if (to > from) return `lib -> components -> features -> App, not back`;
  const [, , layer, feature] = path.split('/');
  const [, , toLayer, toFeature] = target.split('/');
  if (layer === 'features' && toLayer === 'features' && feature !== toFeature) {
    return 'one feature never imports another';
  }
  return undefined;
}

/** api, lib and theme lie side by side at the bottom. */
function layerOf(path: string): number {
  const layer = uiLayers.indexOf(path.split('/')[2] ?? '');
  return layer === -1 ? uiLayers.length : Math.max(layer, 2);
}
