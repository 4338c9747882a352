// One evaluator in a process of its own: told the time by its parent, it does what is due and says so, until it is killed.
import { openPostgresState } from '../../../collector/src/state/postgres/driver.ts';
import { createEvaluator } from './evaluator.ts';

let nowMs = 0;
const now = () => nowMs;
const state = await openPostgresState({ url: process.argv[2] ?? '', leaseClock: now });
const evaluator = createEvaluator({
  store: state.alerts,
  now,
  send: async ({ eventId }) => await tell({ kind: 'heard', eventId }),
});
process.on('message', (message) => {
  nowMs = Number(message);
  // As in a collector: what fails while another holds a lock is tried again at the next time.
  const worked = evaluator.work().catch(() => undefined);
  void worked.then(async () => await tell({ kind: 'done', isLeading: evaluator.isLeading() }));
});
// Nobody is left to tell the time.
process.on('disconnect', () => process.exit());
await tell({ kind: 'ready' });

async function tell(message: object): Promise<void> {
  await new Promise<void>((resolve) => process.send?.(message, () => resolve()));
}
