import type { SignalKind } from './rule-draft.ts';

const ofRequests = [
  'service',
  'operation',
  'environment',
  'release',
  'language',
  'kind',
  'status',
  'http_status',
];
const ofPoints = ['service', 'environment', 'queue'];

/** Labels that a kind of signal can be judged apart by; points and log records have their attributes too. */
export const signalLabels: Readonly<Record<SignalKind, readonly string[]>> = {
  latency: ofRequests,
  error_rate: ofRequests,
  throughput: ofRequests,
  burn_rate: ofRequests,
  queries_per_request: ['service', 'operation', 'environment', 'release'],
  queue: ofPoints,
  metric: ofPoints,
  logs: ['service', 'environment', 'release', 'severity', 'event_name', 'body'],
  heartbeat: ['service', 'environment', 'operation'],
  new_finding: ['finding', 'service', 'operation', 'environment', 'release', 'kind', 'severity'],
  baseline: ['service', 'environment'],
};
