import { hrTime } from '@opentelemetry/core';
import { resourceFromAttributes } from '@opentelemetry/resources';
import type { MetricProducer } from '@opentelemetry/sdk-metrics';
import type { PromRegistries } from './prom-registries.ts';
import { convertSeries } from './prom-series.ts';

export interface PromProducer extends MetricProducer {
  /** Series that the last push left out. */
  readonly leftOut: () => number;
}

/** Hands the app's registries to each push of metrics. The reader puts the agent's own resource to them. */
export function createPromProducer(registries: PromRegistries): PromProducer {
  const startTime = hrTime();
  let leftOut = 0;
  return {
    leftOut: () => leftOut,
    collect: async () => {
      const read = await registries.read();
      const converted = convertSeries(read, { time: { startTime, endTime: hrTime() } });
      ({ leftOut } = converted);
      const { metrics } = converted;
      const scopeMetrics = metrics.length === 0 ? [] : [{ scope: { name: 'prom-client' }, metrics }];
      return { resourceMetrics: { resource: resourceFromAttributes({}), scopeMetrics }, errors: [] };
    },
  };
}
