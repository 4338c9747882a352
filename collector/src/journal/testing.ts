import { readFile } from 'node:fs/promises';
import { SILENT_METRICS } from '../model/stages.ts';
import type { ClosedSegment } from '../model/stages.ts';
import { openJournal } from './journal.ts';
import type { Journal, JournalOptions } from './journal.ts';

// For tests: a journal that delivers into a list, and rows that can be told apart in its files.

const log = { info: () => {}, warn: () => {}, error: () => {} };

export interface Opened {
  readonly journal: Journal;
  readonly delivered: ClosedSegment[];
  readonly lost: Map<string, number>;
}

export async function openCollecting(directory: string, more: Partial<JournalOptions> = {}): Promise<Opened> {
  const delivered: ClosedSegment[] = [];
  const lost = new Map<string, number>();
  const metrics = {
    ...SILENT_METRICS,
    journalLost: (reason: string, count: number) => void lost.set(reason, count),
  };
  const deliver = (segment: ClosedSegment): void => void delivered.push(segment);
  const journal = await openJournal({ directory, deliver, metrics, log, ...more });
  return { journal, delivered, lost };
}

export function pushResource(journal: Journal, id: number): void {
  const { columns } = journal.blocks.resources;
  columns.resource_id.pushU64(id, 0);
  columns.service.pushText(`service-${id}`);
  columns.attributes.endRow(0);
  columns.seen_at.pushU32(1);
  journal.blocks.resources.endRow();
}

/** Ids in a segment: the service names stand in the block as text. */
export async function idsIn(segments: readonly ClosedSegment[]): Promise<number[]> {
  const texts = await Promise.all(segments.map(async (segment) => await readFile(segment.path, 'latin1')));
  return texts.flatMap((text) => [...text.matchAll(/service-(\d+)/g)].map((match) => Number(match[1])));
}
