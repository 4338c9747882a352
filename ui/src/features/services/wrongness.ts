import type { Service } from '@nightjar/collector/contract';

/** How much is wrong with a service: alerts that fire come first, then errors, then findings; quiet ones by traffic. */
export function wrongness(service: Service): number {
  const { firingAlerts, errorRate, findings, requestsPerSecond } = service;
  // Errors of a service hardly used weigh less: 1 of 2 requests is 50 %, and no news.
  const weight = service.requests / (service.requests + 20);
  return (
    firingAlerts * 1_000 +
    Math.min(errorRate * weight, 1) * 900 +
    Math.min(findings, 20) * 10 +
    Math.min(Math.log10(requestsPerSecond + 1), 9)
  );
}
