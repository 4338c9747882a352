import { randomUUID } from 'node:crypto';
import {
  compileMatchers,
  createSilenceClock,
  matcherProblem,
  nextOccurrences,
  recurrenceProblem,
  subjectOf,
} from '@nightjar/alerts';
import { lastEndOf, silence as silenceSchema } from '@nightjar/alerts/schema';
import type { Alert, Silence } from '@nightjar/alerts/schema';
import { silenceWindowsMax } from '../../contract/index.ts';
import type { SilenceView } from '../../contract/index.ts';
import { ApiFailure } from '../../errors.ts';
import type { FieldProblem } from '../../errors.ts';
import type { Caller, EndpointHandlers, EndpointInput } from '../endpoint-handlers.ts';
import { explained, invalidBody } from '../field-problems.ts';
import { alertsMax } from './desk.ts';
import type { AlertContext } from './desk.ts';
import { nameOf } from './now-handlers.ts';
import { readDoings, standing } from './standing.ts';

type Names = 'silences' | 'createSilence' | 'replaceSilence' | 'endSilence' | 'previewSilence';
type Body = EndpointInput<'createSilence'>['body'];

const endedWithinMs = 7 * 86_400_000;
/** Alerts a preview names. */
const matchesShownMax = 50;

export function silenceHandlers({ desk, now }: AlertContext): Pick<EndpointHandlers, Names> {
  const save = async (silence: Silence): Promise<SilenceView> => {
    const { store } = await desk;
    if (lastEndOf(silence) <= now())
      throw invalidBody([{ path: 'endsAt', problem: 'is over already, write a time to come' }]);
    if ((await store.saveSilence(silence, now())) === 'full')
      throw new ApiFailure('conflict', 'There are as many silences as can be kept.', {
        remedy: 'End some, or join some with a regular expression.',
      });
    return viewOf(silence, await store.listAlerts({ rowsMax: alertsMax }), now());
  };
  return {
    async silences({ query }) {
      const { store } = await desk;
      const since = query.ended === 'true' ? now() - endedWithinMs : now();
      const [silences, alerts] = await Promise.all([
        store.listSilences(since),
        store.listAlerts({ rowsMax: alertsMax }),
      ]);
      return { silences: silences.map((silence) => viewOf(silence, alerts, now())) };
    },
    createSilence: async ({ body }, caller) => await save(silenceOf(body, { id: randomUUID(), caller })),
    async replaceSilence({ params, body }, caller) {
      const { store } = await desk;
      const known = (await store.listSilences(now())).some(({ id }) => id === params.id);
      if (!known) throw noSuch(params.id);
      return await save(silenceOf(body, { id: params.id, caller }));
    },
    async endSilence({ params }) {
      const { store } = await desk;
      if (!(await store.endSilence(params.id, now()))) throw noSuch(params.id);
      return { isRemoved: true };
    },
    async previewSilence({ body }, caller) {
      const { store } = await desk;
      const silence = silenceOf(body, { id: 'preview', caller });
      const [alerts, doings] = await Promise.all([
        store.listAlerts({ rowsMax: alertsMax }),
        readDoings(store, now()),
      ]);
      const matching = matchingOf(silence, alerts);
      return {
        windows: windowsOf(silence, now()),
        alerts: standing(matching.slice(0, matchesShownMax), doings),
        matches: matching.length,
      };
    },
  };
}

/** The whole silence, or `invalid_body` that names every field that is wrong. */
function silenceOf(body: Body, who: { readonly id: string; readonly caller: Caller }): Silence {
  const { by, ...given } = body;
  const parsed = silenceSchema.safeParse({ ...given, id: who.id, by: nameOf(who.caller, by) });
  if (!parsed.success) throw invalidBody(explained(parsed.error));
  const silence = parsed.data;
  const problems: FieldProblem[] = silence.matchers.flatMap((matcher, index) => {
    const problem = matcherProblem(matcher);
    return problem === undefined ? [] : [{ path: `matchers.${index}.value`, problem }];
  });
  const recurs = recurrenceProblem(silence);
  if (recurs !== undefined) problems.push({ path: 'recurrence.rrule', problem: recurs });
  if (problems.length > 0) throw invalidBody(problems);
  return silence;
}

const clock = createSilenceClock();

function viewOf(silence: Silence, alerts: readonly Alert[], nowMs: number): SilenceView {
  const isOver = lastEndOf(silence) <= nowMs;
  const state = isOver ? 'ended' : clock(silence, nowMs) ? 'active' : 'scheduled';
  return { silence, state, windows: windowsOf(silence, nowMs), matches: matchingOf(silence, alerts).length };
}

// A rule that an older version stored and this one cannot follow holds nothing back.
function windowsOf(silence: Silence, nowMs: number): SilenceView['windows'] {
  if (recurrenceProblem(silence) !== undefined) return [];
  return nextOccurrences(silence, nowMs, silenceWindowsMax).map(({ startMs, endMs }) => ({
    startsAt: startMs,
    endsAt: endMs,
  }));
}

function matchingOf({ matchers }: Silence, alerts: readonly Alert[]): Alert[] {
  const matches = compileMatchers(matchers);
  return alerts.filter((alert) => matches(subjectOf(alert)));
}

function noSuch(id: string): ApiFailure {
  return new ApiFailure('no_such_record', `There is no silence ${id} that is not over.`);
}
