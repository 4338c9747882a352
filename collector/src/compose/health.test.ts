import { expect, it } from 'vitest';
import { healthSchema } from '../contract/index.ts';
import { healthOf } from './health.ts';
import type { HealthFacts } from './health.ts';

const facts: HealthFacts = {
  version: '1.2.3',
  engine: 'embedded',
  startedMs: 1_000,
  nowMs: 62_400,
  spans: { firstMs: 500, lastMs: 900 },
  otlp: { http: 'http://127.0.0.1:4318', grpc: 'http://127.0.0.1:4317', isKeyRequired: true },
  retentionDays: 15,
  instrumentCommand: 'node --import x app.js',
  isDatabaseReachable: true,
  journal: { bytes: 10, maxBytes: 100, rottenRecords: 0 },
  ruleProblems: 0,
};

it('is ok with everything at hand', () => {
  const health = healthSchema.parse(healthOf(facts, { isTrusted: true }));
  expect(health).toMatchObject({
    status: 'ok',
    problems: [],
    version: '1.2.3',
    uptimeS: 61,
    lastSpanAtMs: 900,
  });
});

it.each([
  [{ isDatabaseReachable: false }, /database does not answer/],
  [{ journal: { bytes: 80, maxBytes: 100, rottenRecords: 0 } }, /journal is 80 % full/],
  [{ journal: { bytes: 10, maxBytes: 100, rottenRecords: 2 } }, /2 records of the journal/],
  [{ ruleProblems: 2 }, /2 alert rules or files/],
])('is degraded, and says why, with %j', (change, problem) => {
  const health = healthOf({ ...facts, ...change }, { isTrusted: true });
  expect(health.status).toBe('degraded');
  expect(health.problems).toEqual([expect.stringMatching(problem)]);
});

it('tells a stranger whether it runs, and nothing of where and what', () => {
  const health = healthSchema.parse(healthOf({ ...facts, isDatabaseReachable: false }, { isTrusted: false }));
  expect(health.status).toBe('degraded');
  expect(JSON.stringify(health)).not.toMatch(/1\.2\.3|127\.0\.0\.1|database|import/);
});
