import type { Silence } from '../../schema/index.ts';
import { compileMatchers, subjectOf } from './matching.ts';
import { eachIntent } from './pipeline.ts';
import type { Stage } from './pipeline.ts';

export function isActive({ startsAt, endsAt }: Silence, nowMs: number): boolean {
  return startsAt <= nowMs && nowMs < endsAt;
}

/**
 * Holds back what the given silences match. The resolve of what people were told passes, unless all is to be muted.
 * An alert that still fires when the silence ends is told then; one that fired and ended within is in the history only.
 */
export function silencing(active: readonly Silence[]): Stage {
  const tests = active.map(({ matchers, mode }) => ({ matches: compileMatchers(matchers), mode }));
  return eachIntent((intent) => {
    const subject = subjectOf(intent.instance.alert);
    const closesWhatWasTold = intent.kind === 'resolve' && !intent.isMissed;
    const isMuted = tests.some(
      ({ matches, mode }) => (mode === 'mute_all' || !closesWhatWasTold) && matches(subject),
    );
    return isMuted ? 'silenced' : intent;
  });
}
