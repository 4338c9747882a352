import { expect, it } from 'vitest';
import { brokenRules } from './dependency-rules.ts';
import { parseSource, readSources } from './source-files.ts';

it('every import keeps the dependency rules', () => {
  const sources = readSources();
  expect(sources.length).toBeGreaterThan(50);
  expect(sources.flatMap(brokenRules)).toEqual([]);
});

const forbidden = [
  ['agent/src/tracker/request.ts', '@nightjar/collector/contract', 'OpenTelemetry only'],
  ['agent/src/tracker/request.ts', 'zod', 'OpenTelemetry only'],
  ['agent/src/detect/group.ts', '@opentelemetry/api', 'pure'],
  ['agent/src/sql/lexer.ts', 'node:crypto', 'pure'],
  ['alerts/src/engine.ts', '@nightjar/agent/sql', 'nothing in the repo'],
  ['alerts/src/verdict.ts', 'node:fs', 'pure'],
  ['alerts/src/channels/webhook.ts', '../engine.ts', 'own protocol'],
  ['collector/src/receive/http.ts', '../journal/journal.ts', 'receive -> model'],
  ['collector/src/decode/traces.ts', '@nightjar/agent/sql', 'no other workspace'],
  ['collector/src/query/services.ts', '@clickhouse/client', 'only storage'],
  ['collector/src/api/server.ts', '../compose.ts', 'nothing imports compose'],
  ['collector/src/api/server.ts', '../storage/open.ts', 'api -> contract, query, state'],
  ['collector/src/storage/open.ts', '../../../agent/src/attributes.ts', 'by its name'],
  ['ui/src/features/traces/TracesPage.tsx', '../services/rows.ts', 'another'],
  ['ui/src/components/Table.tsx', '../features/traces/rows.ts', 'not back'],
  ['ui/src/features/traces/Scatter.tsx', 'recharts', 'one folder'],
  ['ui/src/api/client.ts', '@nightjar/alerts/schema', 'contract only'],
] as const;

it.each(forbidden)('refuses %s importing %s', (path, specifier, rule) => {
  const source = parseSource(path, `export * from '${specifier}';\n`);
  expect(brokenRules(source).join()).toContain(rule);
});

const allowed = [
  ['agent/src/register.ts', '@opentelemetry/api'],
  ['collector/src/sweep/sweep.ts', '@nightjar/agent/detect'],
  ['collector/src/normalise/statement.ts', '@nightjar/agent/sql'],
  ['collector/src/compose.ts', './receive/http.ts'],
  ['ui/src/features/traces/TracesPage.tsx', '../../components/Table.tsx'],
  ['ui/src/components/charts/Lines.tsx', 'recharts'],
] as const;

it.each(allowed)('lets %s import %s', (path, specifier) => {
  expect(brokenRules(parseSource(path, `import '${specifier}';\n`))).toEqual([]);
});
