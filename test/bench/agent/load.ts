import { Agent, request } from 'node:http';

export interface Load {
  readonly port: number;
  readonly pathOf: (index: number) => string;
  readonly connections: number;
  readonly requests: number;
  /** Infinity: as fast as they are answered. */
  readonly perSecond: number;
}

export interface LoadResult {
  readonly requests: number;
  readonly failures: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
}

/**
 * A bounded closed loop: so many keep-alive connections, each with one request at a time, and together no more than
 * `perSecond`. Paced, so that no agent's queue overflows: what an agent drops it need not pay for.
 */
export async function drive(load: Load): Promise<LoadResult> {
  const agent = new Agent({ keepAlive: true, maxSockets: load.connections });
  const times: number[] = [];
  const total = load.requests;
  const startMs = performance.now();
  let next = 0;
  let failures = 0;
  const work = async (): Promise<void> => {
    while (next < total) {
      const index = next++;
      const waitMs = startMs + (index / load.perSecond) * 1_000 - performance.now();
      if (waitMs >= 1) await new Promise((resume) => setTimeout(resume, waitMs));
      const sentMs = performance.now();
      if (!(await isAnswered(agent, load.port, load.pathOf(index)))) failures++;
      times.push(performance.now() - sentMs);
    }
  };
  await Promise.all(Array.from({ length: load.connections }, work));
  agent.destroy();
  times.sort((a, b) => a - b);
  return { requests: total, failures, p50Ms: at(times, 0.5), p99Ms: at(times, 0.99) };
}

async function isAnswered(agent: Agent, port: number, path: string): Promise<boolean> {
  return await new Promise((resolve) => {
    const sent = request({ agent, host: '127.0.0.1', port, path }, (response) => {
      response.resume();
      response.once('end', () => resolve(response.statusCode === 200));
      response.once('error', () => resolve(false));
    });
    sent.once('error', () => resolve(false));
    sent.end();
  });
}

function at(sorted: readonly number[], share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
}
