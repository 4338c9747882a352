/** What prom-client gives for one metric; nothing of it is taken on trust. */
export interface PromMetric {
  readonly name: string;
  readonly help?: string;
  readonly type: string;
  readonly values?: readonly PromValue[];
}

export interface PromValue {
  readonly value: number;
  readonly labels?: Readonly<Record<string, string | number>>;
  /** `…_bucket`, `…_sum` and `…_count` of a histogram or summary. */
  readonly metricName?: string;
}

export interface PromRegistry {
  readonly getMetricsAsJSON: () => Promise<readonly PromMetric[]>;
}

export interface PromCounters {
  /** A registry whose own collecting code threw, or took more than `READ_MAX_MS`. */
  failedReads: number;
  /** Beyond `REGISTRIES_MAX`. */
  unreadRegistries: number;
}

export interface PromRegistries {
  readonly add: (registry: PromRegistry) => void;
  /** Never rejects. */
  readonly read: () => Promise<readonly PromMetric[]>;
  readonly counters: Readonly<PromCounters>;
}

const REGISTRIES_MAX = 20;
const READ_MAX_MS = 1_000;

/** The registries of the app, in the order in which metrics were registered with them. */
export function createPromRegistries(readMaxMs = READ_MAX_MS): PromRegistries {
  const registries = new Set<PromRegistry>();
  // One whose `collect` hangs is not asked again on top.
  const pending = new Set<PromRegistry>();
  const refused = new WeakSet<PromRegistry>();
  const counters: PromCounters = { failedReads: 0, unreadRegistries: 0 };

  const readOne = async (registry: PromRegistry): Promise<readonly PromMetric[]> => {
    if (pending.has(registry)) return failed(counters);
    pending.add(registry);
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<undefined>((resolve) => {
      timer = setTimeout(resolve, readMaxMs, undefined).unref();
    });
    const reading = askFor(registry)
      .catch(() => undefined)
      .finally(() => pending.delete(registry));
    const metrics = await Promise.race([reading, late]);
    clearTimeout(timer);
    return metrics ?? failed(counters);
  };

  return {
    counters,
    add: (registry) => {
      if (registries.has(registry) || refused.has(registry)) return;
      if (registries.size < REGISTRIES_MAX) registries.add(registry);
      else {
        refused.add(registry);
        counters.unreadRegistries++;
      }
    },
    read: async () => (await Promise.all(Array.from(registries, readOne))).flat(),
  };
}

/** Async, so that one that throws at once rejects too. */
async function askFor(registry: PromRegistry): Promise<readonly PromMetric[]> {
  return await registry.getMetricsAsJSON();
}

function failed(counters: PromCounters): readonly PromMetric[] {
  counters.failedReads++;
  return [];
}
