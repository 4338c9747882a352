import { hostname } from 'node:os';
import { instrumentCommand, reachableHost } from '../banner.ts';
import { isLoopback } from '../config.ts';
import type { Config } from '../config.ts';
import { agentRegisterUrl } from '../package-paths.ts';

/** How others reach a port of ours. */
export function addressOf({ host, publicUrl }: Config, port: number): string {
  return `http://${reachableHost(host, { publicUrl, machine: hostname() })}:${port}`;
}

export function instrumentLine(config: Config, otlpHttp: string): string {
  return instrumentCommand({
    isLoopback: isLoopback(config.host),
    otlpHttp,
    isKeyRequired: config.ingestKeys.length > 0,
    agentRegisterUrl,
  });
}
