import { openSqliteState } from './driver.ts';

// Counts up in the state file named on the command line, says each number once it is committed, until it is killed.
const state = openSqliteState(process.argv[2] ?? '');
let cursor = (await state.sweepCursor.load()) ?? 0n;
for (;;) {
  cursor += 1n;
  await state.sweepCursor.save(cursor);
  await new Promise<void>((resolve) => {
    process.send?.(cursor.toString(), () => resolve());
  });
}
