/** What the agent shows the developer at once: a header, a line, a panel. Never on in production. */
import type { ServerResponse } from 'node:http';
import type { ReadableSpan } from '@opentelemetry/sdk-trace';
import type { Finding } from '../detect/types.ts';
import type { TrackedRequest } from '../tracker/tracked-request.ts';
import { viewOf } from './request-view.ts';
import { watchResponse } from './response-watch.ts';
import { terminalLine } from './terminal-line.ts';

export interface DevMode {
  readonly onResponse: (span: object, response: ServerResponse) => void;
  readonly onSpan: (span: ReadableSpan, request: TrackedRequest | undefined) => void;
}

export interface DevPorts {
  readonly service: string;
  /** Marks the findings that somebody has accepted. */
  readonly accept: (finding: Finding) => Finding;
  readonly isPanelOn: boolean;
  readonly print: (line: string) => void;
}

export function createDevMode({ service, accept, isPanelOn, print }: DevPorts): DevMode {
  return {
    onResponse: (span, response) =>
      watchResponse(response, { view: () => viewOf(span, { service, accept }), isPanelOn }),
    onSpan: (span, request) => {
      if (request?.entry.spanContext().spanId !== span.spanContext().spanId) return;
      const line = terminalLine(span);
      if (line !== undefined) print(line);
    },
  };
}
