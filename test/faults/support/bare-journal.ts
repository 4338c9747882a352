import { readFile } from 'node:fs/promises';
import type { JournalFiles } from '../../../collector/src/journal/files.ts';
import { nodeFiles } from '../../../collector/src/journal/files.ts';
import { openJournal } from '../../../collector/src/journal/journal.ts';
import type { Journal, JournalOptions } from '../../../collector/src/journal/journal.ts';
import { SILENT_METRICS } from '../../../collector/src/model/stages.ts';
import type { ClosedSegment } from '../../../collector/src/model/stages.ts';
import { silentLog } from './pipeline.ts';

export interface BareJournal {
  readonly journal: Journal;
  /** Oldest first; whoever takes a segment takes it out. */
  readonly delivered: ClosedSegment[];
  readonly lost: ReadonlyMap<string, number>;
}

/** A journal without stages around it: what it delivers is kept in a list. */
export async function openBareJournal(
  directory: string,
  more: Partial<JournalOptions> = {},
): Promise<BareJournal> {
  const delivered: ClosedSegment[] = [];
  const lost = new Map<string, number>();
  const journal = await openJournal({
    directory,
    deliver: (segment) => void delivered.push(segment),
    metrics: { ...SILENT_METRICS, journalLost: (reason, count) => void lost.set(reason, count) },
    log: silentLog,
    ...more,
  });
  return { journal, delivered, lost };
}

/** A row whose number can be read out of the segment's bytes. */
export function pushRow(journal: Journal, id: number): void {
  const { logs } = journal.blocks;
  logs.columns.service.pushText(`row-${String(id).padStart(6, '0')};`);
  logs.endRow();
}

export function idsOf(bytes: Buffer): number[] {
  return [...bytes.toString('latin1').matchAll(/row-(\d{6});/g)].map((match) => Number(match[1]));
}

export async function idsIn(segments: readonly ClosedSegment[]): Promise<number[]> {
  const bytes = await Promise.all(segments.map(async ({ path }) => await readFile(path)));
  return bytes.flatMap(idsOf);
}

export const identityOf = (id: number): string => id.toString(16).padStart(32, '0');

/** The real disk without waiting for it: for tests that open the same journal a thousand times. */
export const unsynced: JournalFiles = {
  ...nodeFiles,
  syncDirectory: async () => await Promise.resolve(),
  async create(path) {
    const file = await nodeFiles.create(path);
    return { ...bound(file), datasync: async () => await Promise.resolve() };
  },
  async openExisting(path) {
    const file = await nodeFiles.openExisting(path);
    return { ...bound(file), datasync: async () => await Promise.resolve() };
  },
};

function bound(file: Awaited<ReturnType<JournalFiles['create']>>) {
  return {
    write: async (bytes: Uint8Array, offset: number, length: number, position: number) =>
      await file.write(bytes, offset, length, position),
    truncate: async (length: number) => await file.truncate(length),
    close: async () => await file.close(),
  };
}
