export interface Addresses {
  readonly dashboard: string;
  readonly otlpHttp: string;
  readonly otlpGrpc: string;
  readonly instrumentCommand: string;
}

/** What a person sees on stdout once everything listens. */
export function bannerText({ dashboard, otlpHttp, otlpGrpc, instrumentCommand }: Addresses): string {
  return `
  Nightjar is ready

  Dashboard   ${dashboard}
  OTLP/HTTP   ${otlpHttp}
  OTLP/gRPC   ${otlpGrpc}

  Instrument a Node app:

    ${instrumentCommand}

  An app that has @nightjar/agent installed takes --import @nightjar/agent/register.

`;
}

export interface InstrumentOptions {
  readonly isLoopback: boolean;
  readonly otlpHttp: string;
  readonly isKeyRequired: boolean;
  /** The agent's entry on this machine, valid from any directory. */
  readonly agentRegisterUrl: string;
}

const defaultOtlpHttp = 'http://127.0.0.1:4318';

/**
 * One line that works as it is pasted. For this machine it names the agent by its address, because the app's directory
 * need not have it installed; for others by its package name. Holds no key.
 */
export function instrumentCommand(options: InstrumentOptions): string {
  const { isLoopback, otlpHttp, isKeyRequired, agentRegisterUrl } = options;
  const variables = [
    'OTEL_SERVICE_NAME=my-app',
    ...(otlpHttp === defaultOtlpHttp ? [] : [`OTEL_EXPORTER_OTLP_ENDPOINT=${otlpHttp}`]),
    ...(isKeyRequired ? ['OTEL_EXPORTER_OTLP_HEADERS="authorization=Bearer <ingest key>"'] : []),
  ];
  const agent = isLoopback ? agentRegisterUrl : '@nightjar/agent/register';
  return `${variables.join(' ')} node --import ${agent} app.js`;
}

/** How others reach a socket: the address it is bound to, or the machine's name where that is all of them. */
export function reachableHost(
  host: string,
  names: { publicUrl: string | undefined; machine: string },
): string {
  const isEvery = host === '0.0.0.0' || host === '::';
  const name = isEvery ? (hostnameOf(names.publicUrl) ?? names.machine) : host;
  return name.includes(':') && !name.startsWith('[') ? `[${name}]` : name;
}

function hostnameOf(url: string | undefined): string | undefined {
  return url === undefined ? undefined : new URL(url).hostname;
}
