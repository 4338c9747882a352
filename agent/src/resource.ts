import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { resourceFromAttributes } from '@opentelemetry/resources';
import type { Resource } from '@opentelemetry/resources';
import type { AgentConfig } from './config.ts';
import type { ServiceIdentity } from './service-identity.ts';

export const AGENT_VERSION = '0.1.0';

/** Names the process to the collector. What the user set wins. */
export function resourceOf(config: AgentConfig, app: ServiceIdentity): Resource {
  const version = config.serviceVersion ?? app.version;
  return resourceFromAttributes({
    'service.instance.id': randomUUID(),
    'telemetry.sdk.language': 'nodejs',
    'telemetry.sdk.name': 'opentelemetry',
    'telemetry.distro.name': 'nightjar',
    'telemetry.distro.version': AGENT_VERSION,
    'process.pid': process.pid,
    'process.runtime.name': 'nodejs',
    'process.runtime.version': process.versions.node,
    'host.name': hostname(),
    ...(config.environmentName === undefined
      ? {}
      : { 'deployment.environment.name': config.environmentName }),
    ...config.resourceAttributes,
    'service.name': config.serviceName ?? app.name,
    ...(version === undefined ? {} : { 'service.version': version }),
  });
}
