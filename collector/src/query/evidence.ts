import type { EvidenceSource } from '@nightjar/alerts';
import type { Evidence } from '@nightjar/alerts/schema';
import type { Storage } from '../storage/types.ts';
import { readDifference } from './evidence-difference.ts';
import { readRequests } from './evidence-requests.ts';
import { readSince } from './evidence-since.ts';
import { suspectsOf } from './evidence-suspects.ts';

/** What a message says beside the value. A part that cannot be read is left out; what it says is bounded. */
export function createEvidenceSource({ storage }: { readonly storage: Storage }): EvidenceSource {
  return {
    async read(request, signal) {
      const suspects = suspectsOf(request);
      if (suspects === undefined) return undefined;
      const [requests, difference, since] = await Promise.allSettled([
        readRequests(storage, suspects, request.baseUrl),
        readDifference(storage, suspects),
        readSince(storage, suspects, request.baseUrl),
      ]);
      if (signal.aborted) return undefined;
      const found: Evidence = {
        fromMs: request.fromMs,
        toMs: request.toMs,
        requests: null,
        traces: [],
        difference: difference.status === 'fulfilled' ? difference.value : null,
        release: null,
        findings: [],
        statements: [],
        ...(requests.status === 'fulfilled' ? requests.value : {}),
        ...(since.status === 'fulfilled' ? since.value : {}),
      };
      return saysSomething(found) ? found : undefined;
    },
  };
}

function saysSomething({ requests, traces, difference, release, findings, statements }: Evidence): boolean {
  const lists = [traces, findings, statements];
  return requests !== null || difference !== null || release !== null || lists.some((it) => it.length > 0);
}
