/** A shared state database that does not answer, or not in time. What was asked is undone, or was done whole. */
export class StateUnavailable extends Error {
  override readonly name = 'StateUnavailable';
  readonly code = 'state_unavailable';
}
