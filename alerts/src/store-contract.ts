// What every AlertStore must do, free of a test framework. Run each case as a test of its own, on an empty store;
// memory-store.test.ts shows how.
import type { AlertStore } from './ports.ts';
import { actionCases } from './store-contract/actions.ts';
import { deliveryCases } from './store-contract/deliveries.ts';
import { groupCases } from './store-contract/groups.ts';
import { historyCases } from './store-contract/history.ts';
import { leaseCases } from './store-contract/lease.ts';
import { outboxCases } from './store-contract/outbox.ts';
import { silenceCases } from './store-contract/silences.ts';
import { stateCases } from './store-contract/state.ts';

export interface OpenedStore {
  /** Empty. The case does not close it, whoever opened it does. */
  readonly store: AlertStore;
  /** Closes the store and opens it again on the same data. */
  readonly reopen: () => Promise<AlertStore>;
}

export interface ContractCase {
  readonly name: string;
  /** Rejects with an AssertionError when the store breaks the promise in the name. */
  readonly run: (opened: OpenedStore) => Promise<void>;
}

export const storeContract: readonly ContractCase[] = [
  ...stateCases,
  ...leaseCases,
  ...historyCases,
  ...outboxCases,
  ...deliveryCases,
  ...groupCases,
  ...actionCases,
  ...silenceCases,
];
