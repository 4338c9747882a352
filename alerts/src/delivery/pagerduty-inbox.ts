import { isSignedBy, readIncidentReport } from '../channels/pagerduty-webhook.ts';
import type { IncidentReport, SignedBody } from '../channels/pagerduty-webhook.ts';
import type { AlertStore } from '../ports.ts';
import type { Actions } from './actions.ts';

export interface PagerDutyInboxOptions {
  readonly store: AlertStore;
  readonly actions: Actions;
  /** Of the webhook subscriptions; none: nothing is taken. */
  readonly secrets: readonly string[];
}

export type InboxOutcome =
  /** `alerts` is how many it was recorded for: none when it is not about an alert that fires. */
  | { readonly kind: 'taken'; readonly alerts: number }
  | { readonly kind: 'not_configured' | 'bad_signature' | 'unread' };

/** Takes acknowledgements from PagerDuty's webhook: who acknowledges or resolves there is not reminded here. */
export function createPagerDutyInbox({ store, actions, secrets }: PagerDutyInboxOptions) {
  return async (signed: SignedBody): Promise<InboxOutcome> => {
    if (secrets.length === 0) return { kind: 'not_configured' };
    if (!isSignedBy(signed, secrets)) return { kind: 'bad_signature' };
    const report = readIncidentReport(signed.body);
    if (report === 'unread') return { kind: 'unread' };
    if (report === undefined) return { kind: 'taken', alerts: 0 };
    let alerts = 0;
    for (const alertId of await alertsOf(report)) if (await record(report, alertId)) alerts += 1;
    return { kind: 'taken', alerts };
  };

  async function alertsOf({ dedupKey }: IncidentReport): Promise<readonly string[]> {
    if ((await store.findAlert(dedupKey)) !== undefined) return [dedupKey];
    const grouped = (await store.listGroups()).find(({ group }) => group.id === dedupKey);
    return grouped?.group.members.map(({ notification }) => notification.dedupKey) ?? [];
  }

  async function record({ eventId, kind, by }: IncidentReport, alertId: string): Promise<boolean> {
    const request = { alertId, by, source: 'pagerduty', id: `${eventId}:${alertId.slice(0, 40)}` } as const;
    const isAck = kind === 'acknowledged' || kind === 'resolved';
    const note = kind === 'resolved' ? 'resolved in PagerDuty' : '';
    const outcome = isAck
      ? await actions.acknowledge({ ...request, note })
      : await actions.unacknowledge(request);
    return outcome.kind === 'recorded';
  }
}
