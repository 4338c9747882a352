import { SILENT_METRICS } from '../model/stages.ts';
import { openJournal } from './journal.ts';

// For the kill test, run in a process of its own: appends ids from `argv[3]` on and prints each when it is acknowledged.

const directory = process.argv[2] ?? '';
const log = { info: () => {}, warn: () => {}, error: () => {} };
const limits = { segmentAgeMaxMs: 20, groupDelayMs: 1 };
const journal = await openJournal({ directory, deliver: () => {}, metrics: SILENT_METRICS, log, limits });
for (let id = Number(process.argv[3]); ; id += 3) {
  for (let i = id; i < id + 3; i++) {
    const { columns } = journal.blocks.resources;
    columns.resource_id.pushU64(i, 0);
    columns.service.pushText(`service-${i}`);
    columns.attributes.endRow(0);
    columns.seen_at.pushU32(1);
    journal.blocks.resources.endRow();
  }
  const refused = await journal.commit(Date.now());
  if (refused === undefined) process.stdout.write(`${id}\n${id + 1}\n${id + 2}\n`);
}
