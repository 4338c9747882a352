import type { Instrumentation } from '@opentelemetry/instrumentation';
import { startProbe } from './probe.ts';
import { startReport } from './report.ts';
import type { ReportPorts } from './report.ts';

export interface DoctorOptions extends ReportPorts {
  /** Where `nightjar doctor` waits for what it is told; it is the only one told then. */
  readonly directory: string | undefined;
}

export interface Doctor {
  /** What the agent has turned on, by name; what is turned on later joins it. */
  readonly follow: (on: ReadonlyMap<string, Instrumentation>) => void;
  readonly stop: () => void;
}

/** To be called before the agent loads anything. */
export function startDoctor({ directory, ...ports }: DoctorOptions): Doctor {
  if (directory === undefined) return startReport(ports);
  const probe = startProbe({ directory, ...ports });
  return { follow: probe.tell, stop: () => undefined };
}
