import { previewRule } from '@nightjar/alerts';
import { alertRule } from '@nightjar/alerts/schema';
import { instantMs } from '../../contract/index.ts';
import { ApiFailure } from '../../errors.ts';
import { signalProblem } from '../../query/index.ts';
import type { EndpointHandlers } from '../endpoint-handlers.ts';
import { explained, invalidBody } from '../field-problems.ts';
import type { AlertContext } from './desk.ts';

/** Each reads much and keeps the processor busy, which belongs to the ingest first. */
export const previewsInFlightMax = 2;
const previewsWaitingMax = 6;
const previewTimeoutMs = 25_000;

export function previewHandler({ desk, now }: AlertContext): Pick<EndpointHandlers, 'previewRule'> {
  const turns = createTurns();
  return {
    async previewRule({ body }, caller) {
      const parsed = alertRule.safeParse(body.rule);
      if (!parsed.success)
        throw invalidBody(explained(parsed.error).map((one) => ({ ...one, path: `rule.${one.path}` })));
      const unmeasurable = signalProblem(parsed.data);
      if (unmeasurable !== undefined) throw invalidBody([{ path: 'rule.signal', problem: unmeasurable }]);
      const fromMs = instantMs(body.from, now());
      const toMs = instantMs(body.to, now());
      if (fromMs >= toMs)
        throw invalidBody([{ path: 'from', problem: `${body.from} is not before to (${body.to})` }]);
      const { rangeSource } = await desk;
      return await turns(async () => {
        const timeout = AbortSignal.timeout(previewTimeoutMs);
        const signal = AbortSignal.any([timeout, caller.signal]);
        const ports = { source: rangeSource, signal };
        try {
          signal.throwIfAborted();
          return await previewRule({ rule: parsed.data, fromMs, toMs, explain: body.explain }, ports);
        } catch (cause) {
          if (timeout.aborted) throw new ApiFailure('query_timeout', undefined, { cause });
          // Nobody hears it any more: no fault to be logged.
          if (caller.signal.aborted)
            throw new ApiFailure('request_timeout', 'Whoever asked is gone.', { cause });
          throw cause;
        }
      });
    },
  };
}

/** So many at once, a few in a queue, and no more. */
function createTurns() {
  let running = 0;
  const waiting: (() => void)[] = [];
  return async <Result>(work: () => Promise<Result>): Promise<Result> => {
    if (running >= previewsInFlightMax) {
      if (waiting.length >= previewsWaitingMax) throw new ApiFailure('overloaded');
      await new Promise<void>((resolve) => waiting.push(resolve));
    } else running += 1;
    try {
      return await work();
    } finally {
      const next = waiting.shift();
      if (next === undefined) running -= 1;
      else next();
    }
  };
}
