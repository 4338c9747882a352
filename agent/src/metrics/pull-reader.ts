import { AggregationTemporality, MetricReader } from '@opentelemetry/sdk-metrics';

/** Collects when asked, for whoever scrapes. It has no timer. */
export class PullReader extends MetricReader {
  constructor() {
    super({ aggregationTemporalitySelector: () => AggregationTemporality.CUMULATIVE });
  }

  protected override onForceFlush(): Promise<void> {
    return Promise.resolve();
  }

  protected override onShutdown(): Promise<void> {
    return Promise.resolve();
  }
}
