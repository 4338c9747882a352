import type { Rejection } from '../model/stages.ts';

/** What became of the records of one request. */
export class Tally {
  accepted = 0;
  rejected = 0;
  /** Attributes, events and links left out of accepted records. */
  cutParts = 0;
  readonly reasons = new Map<Rejection, number>();

  count(rejection: Rejection | undefined): void {
    if (rejection === undefined) {
      this.accepted += 1;
      return;
    }
    this.rejected += 1;
    this.reasons.set(rejection, (this.reasons.get(rejection) ?? 0) + 1);
  }

  cut(parts: number): void {
    this.cutParts += parts;
  }

  /** For `partial_success.error_message`. */
  message(): string {
    return [...this.reasons].map(([reason, count]) => `${reason}: ${count}`).join(', ');
  }
}
