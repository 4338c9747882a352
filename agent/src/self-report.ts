/** What the agent tells of itself as metrics: above all what it left out. */
import type { Meter } from '@opentelemetry/api';
import type { AgentBudget } from './budget/agent-budget.ts';
import type { Budget } from './budget/budget.ts';
import type { PromProducer } from './metrics/prom-producer.ts';
import type { PromRegistries } from './metrics/prom-registries.ts';
import type { RequestGate } from './sampling/request-gate.ts';
import type { RequestTracker } from './tracker/request-tracker.ts';

export interface ReportedParts {
  readonly tracker: RequestTracker;
  readonly gate: RequestGate;
  readonly registries: PromRegistries;
  readonly prom: PromProducer;
  readonly budget: AgentBudget;
}

export function reportSelf(
  meter: Meter,
  { tracker, gate, registries, prom, budget: { budget } }: ReportedParts,
): void {
  count(meter, {
    name: 'nightjar.agent.uncounted',
    description:
      'Requests and spans that the request tracker left out of its counts, and its own faults, by reason',
    read: () => Object.entries(tracker.counters),
    label: 'reason',
  });
  // Exact whatever is sampled: the weights of what was exported are to be held against it.
  count(meter, {
    name: 'nightjar.agent.requests',
    description: 'Requests and jobs of this process, exported or not, by what became of their spans',
    read: () => gate.outcomes,
    label: 'outcome',
  });
  count(meter, {
    name: 'nightjar.agent.prom_client.unread',
    description:
      'Reads of a prom-client registry that failed or took too long, and registries beyond the limit',
    read: () => Object.entries(registries.counters),
    label: 'reason',
  });
  reportBudget(meter, budget);
  meter
    .createObservableGauge('nightjar.agent.prom_client.series_left_out', {
      description: 'Series of the app beyond the limit, left out of the last push',
    })
    .addCallback((result) => {
      if (prom.leftOut() > 0) result.observe(prom.leftOut());
    });
}

function reportBudget(meter: Meter, budget: Budget): void {
  count(meter, {
    name: 'nightjar.agent.shed',
    description: 'Detail left out because the agent was above its budget',
    read: () => budget.shed,
    label: 'detail',
  });
  const share = { unit: '1', description: "The agent's own time as a part of the thread's, 0 to 1" };
  meter
    .createObservableGauge('nightjar.agent.cpu', share)
    .addCallback((result) => result.observe(budget.share()));
  const level = { description: '0 all detail, 1 few call sites, 2 few call sites, attributes and events' };
  meter
    .createObservableGauge('nightjar.agent.budget.level', level)
    .addCallback((result) => result.observe(budget.level()));
}

interface Counted {
  readonly name: string;
  readonly description: string;
  readonly read: () => Iterable<readonly [string, number]>;
  readonly label: string;
}

function count(meter: Meter, { name, description, read, label }: Counted): void {
  meter.createObservableCounter(name, { description }).addCallback((result) => {
    for (const [key, total] of read()) {
      if (total > 0) result.observe(total, { [label]: key });
    }
  });
}
