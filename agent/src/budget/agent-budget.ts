import type { Span, ReadableSpan, SpanProcessor } from '@opentelemetry/sdk-trace';
import type { CallSiteReader, RawStack } from '../tracker/call-site.ts';
import { createBudget } from './budget.ts';
import type { Budget } from './budget.ts';
import { lighten } from './lighten.ts';
import { createSelfTime } from './self-time.ts';

/** The budget with its hands on the agent's parts. */
export interface AgentBudget {
  readonly budget: Budget;
  readonly measured: (processor: SpanProcessor) => SpanProcessor;
  /** For a step that is rare and long, such as writing a batch. */
  readonly measure: <Result>(step: () => Result) => Result;
  readonly limited: (callSites: CallSiteReader) => CallSiteReader;
  readonly lightened: (next: (span: ReadableSpan) => void) => (span: ReadableSpan) => void;
  readonly stop: () => void;
}

export interface AgentBudgetPorts {
  readonly percent: number;
  readonly info: (sentence: string) => void;
}

const TICK_MS = 1_000;
const HOOKS_SAMPLED_EVERY = 17;
/** A stack without frames, and so without a call site. */
const NO_STACK: RawStack = Object.freeze({ stack: '' });
const LEVELS = ['all detail again', 'few call sites', 'few call sites, attributes and events'];

export function createAgentBudget({ percent, info }: AgentBudgetPorts): AgentBudget {
  const nowMs = (): number => performance.now();
  const self = createSelfTime({ nowMs, sampleEvery: HOOKS_SAMPLED_EVERY });
  const budget = createBudget({
    percent,
    nowMs,
    selfMs: self.totalMs,
    onLevel: (level, share) =>
      info(
        `the agent takes ${(share * 100).toFixed(1)} % of the thread, its budget is ${percent} %: ${LEVELS[level]}`,
      ),
  });
  const timer = setInterval(budget.tick, TICK_MS).unref();
  return {
    budget,
    measure: self.measure,
    measured: (processor) => ({
      // A closure only for the few that are timed.
      onStart: (span, parent) => {
        if (self.isDue()) self.time(() => processor.onStart(span, parent));
        else processor.onStart(span, parent);
      },
      onEnding: (span: Span) => {
        if (self.isDue()) self.time(() => processor.onEnding?.(span));
        else processor.onEnding?.(span);
      },
      onEnd: (span) => {
        if (self.isDue()) self.time(() => processor.onEnd(span));
        else processor.onEnd(span);
      },
      forceFlush: () => processor.forceFlush(),
      shutdown: () => processor.shutdown(),
    }),
    limited: (callSites) => ({
      ...callSites,
      capture: () => (budget.allowsCallSite() ? callSites.capture() : NO_STACK),
    }),
    lightened: (next) => (span) => next(budget.isLight() ? lighten(span, budget.noteShed) : span),
    stop: () => clearInterval(timer),
  };
}
