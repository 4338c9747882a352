import { AggregationTemporality, MetricReader } from '@opentelemetry/sdk-metrics';
import type { MetricProducer, ResourceMetrics } from '@opentelemetry/sdk-metrics';

/**
 * Collects and delivers every `intervalMs`, one push at a time. The SDK's periodic reader guards each export with a timer
 * that holds the process: with the collector away it delays the app's end by up to that timeout.
 */
export class MetricPush extends MetricReader {
  readonly #deliver: (metrics: ResourceMetrics) => Promise<unknown>;
  readonly #timer: NodeJS.Timeout;
  #inFlight: Promise<void> | undefined;

  constructor(
    intervalMs: number,
    deliver: (metrics: ResourceMetrics) => Promise<unknown>,
    producers: readonly MetricProducer[] = [],
  ) {
    // Cumulative, so that a lost push loses no counts.
    super({
      aggregationTemporalitySelector: () => AggregationTemporality.CUMULATIVE,
      metricProducers: [...producers],
    });
    this.#deliver = deliver;
    this.#timer = setInterval(() => void this.#push(), intervalMs).unref();
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  protected override async onForceFlush(): Promise<void> {
    await this.#inFlight;
    await this.#push();
  }

  protected override onShutdown(): Promise<void> {
    this.stop();
    return Promise.resolve();
  }

  #push(): Promise<void> {
    this.#inFlight ??= this.#collectAndDeliver()
      .catch(() => undefined)
      .finally(() => {
        this.#inFlight = undefined;
      });
    return this.#inFlight;
  }

  async #collectAndDeliver(): Promise<void> {
    const { resourceMetrics } = await this.collect();
    await this.#deliver(resourceMetrics);
  }
}
