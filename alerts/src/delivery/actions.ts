import type { AlertAction } from '../../schema/index.ts';
import type { AlertStore, Now } from '../ports.ts';

/** The longest snooze: beyond it a silence says better what is meant, and others see it. */
export const snoozeMsMax = 7 * 86_400_000;

export interface ActionRequest {
  readonly alertId: string;
  readonly by: string;
  readonly note?: string;
  readonly source: AlertAction['source'];
  /** The same for a report that comes twice; absent: a new one. */
  readonly id?: string;
}

export type ActionOutcome =
  | { readonly kind: 'recorded'; readonly action: AlertAction }
  /** The report had come before; nothing changed. */
  | { readonly kind: 'known' }
  | {
      readonly kind: 'refused';
      readonly reason: 'unknown_alert' | 'not_firing' | 'until_invalid' | 'too_many';
    };

/** What people do about alerts, from wherever they do it. */
export interface Actions {
  /** No more repeats of the episode that is open. */
  acknowledge(request: ActionRequest): Promise<ActionOutcome>;
  unacknowledge(request: ActionRequest): Promise<ActionOutcome>;
  /** Nothing of the alert until then, and a reminder then if it still fires. Epoch ms, `snoozeMsMax` ahead at most. */
  snooze(request: ActionRequest & { readonly untilMs: number }): Promise<ActionOutcome>;
  unsnooze(request: ActionRequest): Promise<ActionOutcome>;
}

export interface ActionsOptions {
  readonly store: AlertStore;
  readonly now: Now;
  readonly newId: () => string;
}

export function createActions({ store, now, newId }: ActionsOptions): Actions {
  return {
    acknowledge: async (request) => await record(request, { kind: 'ack', until: null }),
    unacknowledge: async (request) => await record(request, { kind: 'unack', until: null }),
    unsnooze: async (request) => await record(request, { kind: 'unsnooze', until: null }),
    snooze: async (request) => {
      const { untilMs } = request;
      const isValid = Number.isInteger(untilMs) && untilMs > now() && untilMs <= now() + snoozeMsMax;
      if (!isValid) return { kind: 'refused', reason: 'until_invalid' };
      return await record(request, { kind: 'snooze', until: untilMs });
    },
  };

  async function record(
    request: ActionRequest,
    what: Pick<AlertAction, 'kind' | 'until'>,
  ): Promise<ActionOutcome> {
    const alert = await store.findAlert(request.alertId);
    if (alert === undefined) return { kind: 'refused', reason: 'unknown_alert' };
    const { episodeId } = alert;
    if (what.kind === 'ack' && episodeId === null) return { kind: 'refused', reason: 'not_firing' };
    const { alertId, by, note = '', source, id = newId() } = request;
    const action: AlertAction = { ...what, id, alertId, episodeId, at: now(), by, note, source };
    const outcome = await store.recordAction(action);
    if (outcome === 'recorded') return { kind: 'recorded', action };
    return outcome === 'known' ? { kind: 'known' } : { kind: 'refused', reason: 'too_many' };
  }
}
