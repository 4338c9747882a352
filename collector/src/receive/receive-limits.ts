export interface ReceiveLimits {
  /** Of a body, as sent and after inflation. */
  readonly bodyBytesMax: number;
  /** Of all bodies being read, inflated and stored at one time. */
  readonly inFlightBytesMax: number;
  readonly connectionsMax: number;
  readonly headersTimeoutMs: number;
  readonly requestTimeoutMs: number;
  readonly keepAliveTimeoutMs: number;
}

export const RECEIVE_LIMITS: ReceiveLimits = {
  bodyBytesMax: 64 * 1024 * 1024,
  inFlightBytesMax: 256 * 1024 * 1024,
  connectionsMax: 2048,
  headersTimeoutMs: 10_000,
  requestTimeoutMs: 30_000,
  keepAliveTimeoutMs: 65_000,
};

/** Bytes in hand. What does not fit is refused: its sender is still there to retry. */
export class InFlight {
  readonly #bytesMax: number;
  #bytes = 0;

  constructor(bytesMax: number) {
    this.#bytesMax = bytesMax;
  }

  get bytes(): number {
    return this.#bytes;
  }

  take(bytes: number): boolean {
    if (this.#bytes + bytes > this.#bytesMax) return false;
    this.#bytes += bytes;
    return true;
  }

  give(bytes: number): void {
    this.#bytes -= bytes;
  }
}
