import { ROOT_CONTEXT, SpanKind } from '@opentelemetry/api';
import { TracerProvider } from '@opentelemetry/sdk-trace';
import type { ReadableSpan } from '@opentelemetry/sdk-trace';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { FINDING_EVENT } from '../attributes.ts';
import { createAgentBudget } from './agent-budget.ts';
import type { AgentBudget } from './agent-budget.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** An agent that takes a tenth of the thread for so many seconds. */
function busy(budget: AgentBudget, seconds: number): void {
  for (let second = 0; second < seconds; second++) {
    budget.measure(() => vi.advanceTimersByTime(100));
    vi.advanceTimersByTime(900);
  }
}

it('lightens spans and takes few stacks when above its budget, and says so', () => {
  const said: string[] = [];
  const agent = createAgentBudget({ percent: 5, info: (sentence) => void said.push(sentence) });
  const exported: ReadableSpan[] = [];
  const next = agent.lightened((span) => void exported.push(span));
  const callSites = agent.limited({ capture: () => ({ stack: 'taken' }), read: () => undefined });
  const tracer = new TracerProvider({
    spanProcessors: [
      agent.measured({
        onStart: () => undefined,
        onEnd: next,
        forceFlush: () => Promise.resolve(),
        shutdown: () => Promise.resolve(),
      }),
    ],
  }).getTracer('test');
  const attributes = {
    'db.query.text': 'SELECT 1',
    'nightjar.db.query_count': 3,
    'user_agent.original': 'x',
  };
  const send = (): void => {
    const span = tracer.startSpan('GET', { kind: SpanKind.SERVER, attributes }, ROOT_CONTEXT);
    span.addEvent('detail').addEvent(FINDING_EVENT).end();
  };
  send();
  expect(exported[0]?.attributes).toEqual(attributes);
  expect(callSites.capture()).toEqual({ stack: 'taken' });

  busy(agent, 7);
  expect(agent.budget.level()).toBe(2);
  expect(said[0]).toMatch(/^the agent takes 10\.\d % of the thread, its budget is 5 %: few call sites$/);
  send();
  const { 'user_agent.original': _, ...kept } = attributes;
  expect(exported[1]?.attributes).toEqual(kept);
  expect(exported[1]?.events.map(({ name }) => name)).toEqual([FINDING_EVENT]);
  expect(exported[1]?.spanContext()).toHaveProperty('spanId');
  const stacks = Array.from({ length: 12 }, () => callSites.capture().stack);
  expect(stacks.filter((stack) => stack === 'taken')).toHaveLength(10);
  expect([...agent.budget.shed]).toEqual([
    ['attribute', 1],
    ['event', 1],
    ['call_site', 2],
  ]);

  agent.stop();
  expect(vi.getTimerCount()).toBe(0);
});
