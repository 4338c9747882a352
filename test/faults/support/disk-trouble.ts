import { until } from '../../support/poll.ts';
import type { Answer, Ledger } from './ledger.ts';
import type { Pipeline } from './pipeline.ts';

export interface Trouble {
  begin(): void;
  end(): void;
}

export interface Endured {
  /** Answers while the disk was in trouble. */
  readonly refusals: readonly Answer[];
  /** Spans that could be read then. */
  readonly readable: unknown;
}

const BATCHES_BEFORE = 5;
const REFUSALS = 3;
const HEAL_TIMEOUT_MS = 20_000;

/** Sends before, during and after the trouble; resolves when the collector takes data again, with nobody's help. */
export async function endure(pipeline: Pipeline, ledger: Ledger, trouble: Trouble): Promise<Endured> {
  for (let batch = 0; batch < BATCHES_BEFORE; batch++) await ledger.send(pipeline.url);
  await pipeline.journal.flush(10_000);
  await until(
    () => trouble.begin(),
    () => true,
    { what: 'the trouble to begin', timeoutMs: 5_000 },
  );
  const refusals: Answer[] = [];
  while (refusals.length < REFUSALS) {
    const answer = await until(
      async () => await ledger.send(pipeline.url),
      ({ status }) => status !== 200,
      { what: 'a refusal', everyMs: 5 },
    );
    refusals.push(answer);
  }
  const [read] = await pipeline.rows("SELECT count() AS n FROM spans WHERE service = 'ledger'");
  trouble.end();
  await until(
    async () => (await ledger.send(pipeline.url)).status,
    (status) => status === 200,
    { what: 'the collector to heal by itself', timeoutMs: HEAL_TIMEOUT_MS },
  );
  return { refusals, readable: read?.['n'] };
}
