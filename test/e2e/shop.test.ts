import type { Finding } from '@nightjar/collector/contract';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startCollector, type Collector } from '../support/collector.ts';
import { newTraceId, rewrite, sendTraces } from '../support/otlp.ts';
import { neededPostgres } from '../support/postgres.ts';
import { plainOtlp } from '../support/plain-otlp.ts';
import { until } from '../support/poll.ts';
import { provide } from '../support/services.ts';
import { startInventory, startShop, type ShopPart } from '../support/shop.ts';
import { tracedCall } from '../support/traced-call.ts';
import { seededFaults, soundRoutes, type Route } from './shop-routes.ts';

const postgres = await provide(neededPostgres);

interface Visit {
  readonly traceId: string;
  readonly status: number;
  /** What Postgres itself counted for it. */
  readonly counted: number;
}

describe.skipIf(postgres === undefined)('the shop on a real Postgres', () => {
  let collector: Collector;
  let parts: ShopPart[] = [];
  const visits = new Map<string, Visit>();

  beforeAll(async () => {
    if (postgres === undefined) return;
    collector = await startCollector({ env: { NIGHTJAR_SWEEP_QUIET_MS: '500' } });
    const databaseUrl = await postgres.createDatabase();
    const { otlpHttp } = collector;
    const inventory = await startInventory({ otlpHttp });
    const options = { otlpHttp, databaseUrl, inventoryUrl: inventory.url };
    const old = await startShop({ ...options, release: '1.4.1' });
    const shop = await startShop({ ...options, release: '1.4.2' });
    parts = [inventory, old, shop];
    const visit = async (name: string, url: string, route: Route) => {
      await postgres.resetCounts(databaseUrl);
      const { traceId, status } = await tracedCall(url, route);
      visits.set(name, { traceId, status, counted: await postgres.countStatements(databaseUrl) });
    };
    await visit('the release before', old.url, { name: 'the release before', path: '/products/1' });
    for (const route of soundRoutes) await visit(route.name, shop.url, route);
    // Last, so that once these are judged all others have been.
    for (const route of seededFaults) await visit(route.name, shop.url, route);
    const last = seededFaults.at(-1)?.name ?? '';
    await until(
      async () => await findingsOf(last),
      (findings) => findings.length > 0,
      { what: 'the finding of the last request', timeoutMs: 60_000 },
    );
  });
  afterAll(async () => {
    await Promise.all(parts.map(async (part) => await part.process.stop()));
    await collector?.stop();
    await postgres?.close();
  });

  function visitOf(name: string): Visit {
    const visit = visits.get(name);
    if (visit === undefined) throw new Error(`${name} was not visited`);
    return visit;
  }
  async function findingsOf(name: string): Promise<Finding[]> {
    const { traceId } = visitOf(name);
    const { findings } = await collector.get('findings', { query: { traceId } });
    return findings.filter((finding) => finding.kind === 'n_plus_one');
  }

  it.each(seededFaults.map((fault) => [fault.name, fault] as const))(
    'names the N+1: %s',
    async (name, fault) => {
      const findings = await findingsOf(name);
      expect(findings).toHaveLength(1);
      expect(findings[0]).toMatchObject({
        service: 'shop',
        count: fault.count,
        isWrite: fault.isWrite,
        callSite: { file: fault.callSite.file, line: fault.callSite.line },
        release: '1.4.2',
      });
      const statement = findings[0]?.statement.replaceAll('"', '').toLowerCase();
      expect(statement).toContain(fault.statement.toLowerCase());
      expect(findings[0]?.hint).not.toBe('');
    },
  );

  const sound = [...soundRoutes.map((route) => route.name), 'the release before'];
  it.each(sound)('finds no N+1: %s', async (name) => expect(await findingsOf(name)).toEqual([]));

  const all = [...sound, ...seededFaults.map((fault) => fault.name)];
  it.each(all)('counts what Postgres counted: %s', async (name) => {
    const { traceId, counted } = visitOf(name);
    const trace = await until(
      async () => await collector.get('trace', { params: { traceId } }),
      (read) => read.requests.some((request) => request.service === 'shop'),
      { what: `the request of ${name}` },
    );
    expect(counted).toBeGreaterThan(0);
    expect(trace.requests.find((request) => request.service === 'shop')?.queryCount).toBe(counted);
    const entry = trace.spans.find((span) => span.service === 'shop' && span.isEntry);
    expect(entry?.attributes['nightjar.db.query_count']).toBe(counted);
  });

  it('answers as it should', () => {
    for (const route of [...soundRoutes, ...seededFaults]) {
      expect([route.name, visitOf(route.name).status]).toEqual([route.name, route.status ?? 200]);
    }
  });

  it('shows the request, its status and its query count in the list of traces', async () => {
    const { traces } = await collector.get('traces', { query: { service: 'shop', limit: '500' } });
    const orders = traces.find((trace) => trace.traceId === visitOf('raw pg in a loop').traceId);
    expect(orders).toMatchObject({ operation: 'GET /orders', queryCount: 26, findings: 1, httpStatus: 200 });
    const failed = traces.find((trace) => trace.traceId === visitOf('an error').traceId);
    expect(failed).toMatchObject({ isError: true, httpStatus: 500 });
  });

  it('joins both services in one trace', async () => {
    const { traceId } = visitOf('HTTP');
    const trace = await until(
      async () => await collector.get('trace', { params: { traceId } }),
      (read) => read.spans.some((span) => span.service === 'inventory'),
      { what: 'the spans of the inventory' },
    );
    const inventory = trace.spans.filter((span) => span.service === 'inventory' && span.isEntry);
    expect(inventory).toHaveLength(15);
    const ids = new Set(trace.spans.map((span) => span.spanId));
    expect(inventory.every((span) => ids.has(span.parentSpanId))).toBe(true);
  });

  it('gives the same findings for the same traces without the agent’s attributes', async () => {
    const copies = new Map<string, string>();
    for (const fault of seededFaults) {
      const copy = newTraceId();
      copies.set(fault.name, copy);
      const original = await collector.get('trace', { params: { traceId: visitOf(fault.name).traceId } });
      const plain = plainOtlp(original);
      await sendTraces(
        collector.otlpHttp,
        rewrite(plain, { endMs: Date.now(), traceId: () => copy, service: (service) => `${service}-plain` }),
      );
    }
    for (const [name, traceId] of copies) {
      const copied = await until(
        async () => (await collector.get('findings', { query: { traceId } })).findings,
        (findings) => findings.some((finding) => finding.kind === 'n_plus_one'),
        { what: `the finding of the copy of ${name}` },
      );
      const facts = (finding: Finding) => ({
        kind: finding.kind,
        statement: finding.statement,
        count: finding.count,
        callSite: finding.callSite,
        operation: finding.operation,
        savedMs: Math.round(finding.savedMs),
      });
      const nPlusOnes = copied.filter((finding) => finding.kind === 'n_plus_one');
      expect(nPlusOnes.map(facts)).toEqual((await findingsOf(name)).map(facts));
    }
  });
});
