// Promise: pure. What people did about alerts, and what holds of it now.
import type { AlertAction, AlertHold } from '../../schema/index.ts';

/**
 * The last of acknowledge and take back decides, and so does the last of snooze and its end. `actions` in the order they
 * were recorded; alerts come by id.
 */
export function holdsOf(
  actions: readonly AlertAction[],
  now: { readonly nowMs: number; readonly isOpen: (action: AlertAction) => boolean },
): AlertHold[] {
  const holds = new Map<string, { acked: AlertAction | null; snoozed: AlertAction | null }>();
  for (const action of actions) {
    const hold = holds.get(action.alertId) ?? { acked: null, snoozed: null };
    holds.set(action.alertId, hold);
    switch (action.kind) {
      case 'ack':
        if (now.isOpen(action)) hold.acked = action;
        break;
      case 'unack':
        hold.acked = null;
        break;
      case 'snooze':
        hold.snoozed = (action.until ?? 0) > now.nowMs ? action : null;
        break;
      case 'unsnooze':
        hold.snoozed = null;
        break;
      default:
        assertNever(action.kind);
    }
  }
  return [...holds]
    .filter(([, { acked, snoozed }]) => acked !== null || snoozed !== null)
    .map(([alertId, hold]) => ({ alertId, ...hold }))
    .sort((a, b) => (a.alertId < b.alertId ? -1 : 1));
}

function assertNever(value: never): never {
  throw new Error(`unreachable action ${String(value)}`);
}
