import type { AlertHold, Silence } from '../../schema/index.ts';
import { compileMatchers, subjectOf } from './matching.ts';
import { eachIntent } from './pipeline.ts';
import type { Stage } from './pipeline.ts';

/** Whether a silence of these holds back an alert that has these labels. */
export type Muting = (about: Parameters<typeof subjectOf>[0], isEnd: 'end_of_told' | 'news') => boolean;

/** The given silences mute now. */
export function mutingOf(active: readonly Silence[]): Muting {
  const tests = active.map(({ matchers, mode }) => ({ matches: compileMatchers(matchers), mode }));
  return (about, isEnd) => {
    if (tests.length === 0) return false;
    const subject = subjectOf(about);
    return tests.some(({ matches, mode }) => (mode === 'mute_all' || isEnd === 'news') && matches(subject));
  };
}

/**
 * Holds back what silences match. The resolve of what people were told passes, unless all is to be muted and the rule
 * does not insist. An alert that still fires when the silence ends is told then; one that fired and ended within is in
 * the history only.
 */
export function silencing(isMuted: Muting): Stage {
  return eachIntent((intent) => {
    const closesWhatWasTold = intent.kind === 'resolve' && !intent.isMissed;
    if (closesWhatWasTold && intent.manner.sendResolved === 'always') return intent;
    return isMuted(intent.instance.alert, closesWhatWasTold ? 'end_of_told' : 'news') ? 'silenced' : intent;
  });
}

/** Holds triggers and repeats of snoozed alerts back until the snooze is over; resolves of what was told pass. */
export function snoozing(holds: ReadonlyMap<string, AlertHold>): Stage {
  return eachIntent((intent, { tickMs }) => {
    if (intent.kind === 'resolve' && !intent.isMissed) return intent;
    return (holds.get(intent.instance.id)?.snoozed?.until ?? 0) > tickMs ? 'snoozed' : intent;
  });
}
