import type { Accept, OtlpRequest, Outcome } from '../model/stages.ts';

export const STORED: Outcome = { kind: 'stored', accepted: 1, rejected: 0, message: '' };

export interface Scripted {
  readonly accept: Accept;
  readonly seen: OtlpRequest[];
  next: Outcome;
}

/** For tests: an `accept` that answers as it is told to and keeps what it was given. */
export function scripted(): Scripted {
  const script: Scripted = {
    seen: [],
    next: STORED,
    async accept(request) {
      script.seen.push(request);
      return await Promise.resolve(script.next);
    },
  };
  return script;
}
