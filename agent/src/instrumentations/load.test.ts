import { expect, it } from 'vitest';
import { processQueues } from '../queues/observe-queue.ts';
import { createCallSiteReader } from '../tracker/call-site.ts';
import { RequestTracker } from '../tracker/request-tracker.ts';
import { loadInstrumentations } from './load.ts';

function namesWithout(...disabled: readonly string[]): readonly string[] {
  const tracker = new RequestTracker({
    service: 'shop',
    callSites: createCallSiteReader('/nowhere'),
    next: () => undefined,
    nowMs: () => 0,
    onFault: () => undefined,
  });
  const { names, instrumentations } = loadInstrumentations(
    { tracker, queues: processQueues(), isOwnExport: () => false },
    { isPresent: () => false, disabled: new Set(['runtime-node', ...disabled]), warn: () => undefined },
  );
  for (const instrumentation of instrumentations) instrumentation.disable();
  return names;
}

it('turns a part off with the whole, and by itself', () => {
  expect(namesWithout()).toEqual(expect.arrayContaining(['http', 'http-client', 'undici']));
  expect(namesWithout('http')).not.toEqual(expect.arrayContaining(['http-client']));
  expect(namesWithout('http-client')).toContain('http');
  expect(namesWithout('http-client')).not.toContain('http-client');
});
