import type { ActionOutcome } from '@nightjar/alerts';
import { instantMs } from '../../contract/index.ts';
import type { Range, StandingAlert } from '../../contract/index.ts';
import { ApiFailure } from '../../errors.ts';
import type { Caller, EndpointHandlers } from '../endpoint-handlers.ts';
import { alertsMax, episodesMax } from './desk.ts';
import type { AlertContext, AlertDesk } from './desk.ts';
import { readDoings, standing } from './standing.ts';

type Labelled = Readonly<{ labels: Readonly<Record<string, string>> }>;
type Names = 'alerts' | 'acknowledge' | 'unacknowledge' | 'snooze' | 'unsnooze';

const minuteMs = 60_000;

/** What fires, what is about to, what did, and what people do about it. */
export function nowHandlers({ desk, now }: AlertContext): Pick<EndpointHandlers, Names> {
  const after = async (alertId: string, outcome: ActionOutcome): Promise<StandingAlert> => {
    refuse(outcome, alertId);
    return await readStanding(await desk, { alertId, nowMs: now() });
  };
  return {
    async alerts({ query }) {
      const { store } = await desk;
      const [alerts, episodes, doings] = await Promise.all([
        store.listAlerts({ rowsMax: alertsMax }),
        store.listEpisodes({ ...boundsOf(query, now()), rowsMax: episodesMax }),
        readDoings(store, now()),
      ]);
      const isWanted = ofEnvironment(query.environment);
      return { alerts: standing(alerts.filter(isWanted), doings), episodes: episodes.filter(isWanted) };
    },
    async acknowledge({ params, body }, caller) {
      const { actions } = await desk;
      const request = { ...requestOf(params.id, { caller, by: body.by }), note: body.note };
      return await after(params.id, await actions.acknowledge(request));
    },
    async unacknowledge({ params }, caller) {
      const { actions } = await desk;
      return await after(params.id, await actions.unacknowledge(requestOf(params.id, { caller })));
    },
    async snooze({ params, body }, caller) {
      const { actions } = await desk;
      const untilMs = now() + body.minutes * minuteMs;
      const request = { ...requestOf(params.id, { caller, by: body.by }), untilMs };
      return await after(params.id, await actions.snooze(request));
    },
    async unsnooze({ params }, caller) {
      const { actions } = await desk;
      return await after(params.id, await actions.unsnooze(requestOf(params.id, { caller })));
    },
  };
}

export function boundsOf({ from, to }: Range, nowMs: number): { fromMs: number; toMs: number } {
  return { fromMs: instantMs(from, nowMs), toMs: instantMs(to, nowMs) };
}

export function ofEnvironment(environment: string | undefined): (it: Labelled) => boolean {
  return ({ labels }) => environment === undefined || (labels['environment'] ?? environment) === environment;
}

/** A login says who it is, whatever the body says. */
export function nameOf({ user }: Caller, by: string | undefined): string {
  const name = user ?? by?.trim() ?? '';
  return name === '' ? 'dashboard' : name;
}

function requestOf(alertId: string, who: { readonly caller: Caller; readonly by?: string | undefined }) {
  return { alertId, by: nameOf(who.caller, who.by), source: 'dashboard' } as const;
}

function refuse(outcome: ActionOutcome, alertId: string): void {
  if (outcome.kind !== 'refused') return;
  switch (outcome.reason) {
    case 'unknown_alert':
      throw new ApiFailure('no_such_record', `There is no alert ${alertId}.`);
    case 'not_firing':
      throw new ApiFailure('conflict', 'The alert does not fire.', {
        remedy: 'There is nothing to acknowledge; snooze or silence it to keep it quiet.',
      });
    case 'until_invalid':
      throw new ApiFailure('invalid_body', 'body field minutes: is beyond a week, silence it instead.');
    case 'too_many':
      throw new ApiFailure('conflict', 'Too much was done about this episode already.', {
        remedy: 'Silence it instead.',
      });
    default:
      assertNever(outcome.reason);
  }
}

async function readStanding(
  { store }: AlertDesk,
  { alertId, nowMs }: { readonly alertId: string; readonly nowMs: number },
): Promise<StandingAlert> {
  const [alert, doings] = await Promise.all([store.findAlert(alertId), readDoings(store, nowMs)]);
  const [found] = standing(alert === undefined ? [] : [alert], doings);
  if (found === undefined) throw new ApiFailure('no_such_record', `There is no alert ${alertId}.`);
  return found;
}

function assertNever(value: never): never {
  throw new Error(`unreachable refusal ${String(value)}`);
}
