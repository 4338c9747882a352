import type { ClosedSegment } from '../model/stages.ts';
import type { JournalFiles } from './files.ts';
import { dataPath, sidecarPath } from './segment-file.ts';
import type { SegmentPlace } from './segment-file.ts';
import type { KeptRequest } from './sidecar.ts';

/** Who counts the segments that wait for the engine. */
export interface SegmentKeeper {
  deliver(segment: ClosedSegment): void;
  settled(segment: ClosedSegment): void;
  /** Keeps the requests of a segment beyond its files; never rejects. */
  remember(requests: readonly KeptRequest[]): Promise<void>;
}

export const REJECTED_SUFFIX = '.rejected';

export function closedSegment(
  stream: {
    readonly files: JournalFiles;
    readonly keeper: SegmentKeeper;
    readonly columns: readonly string[];
  },
  place: SegmentPlace,
  content: {
    readonly token: string;
    readonly rows: number;
    readonly bytes: number;
    readonly firstReceivedMs: number;
    readonly requests: readonly KeptRequest[];
  },
): ClosedSegment {
  const { files, keeper, columns } = stream;
  const path = dataPath(place);
  const segment: ClosedSegment = {
    table: place.table,
    path,
    columns,
    token: content.token,
    rows: content.rows,
    bytes: content.bytes,
    firstReceivedMs: content.firstReceivedMs,
    // The sidecar goes last: without data it is nothing, data without it would look like a torn segment.
    async remove() {
      try {
        await keeper.remember(content.requests);
        await files.unlink(path);
        await files.unlink(sidecarPath(place));
      } finally {
        // The engine has it, whether the disk lets go of it or not.
        keeper.settled(segment);
      }
    },
    async reject() {
      try {
        await keeper.remember(content.requests);
        await files.rename(path, path + REJECTED_SUFFIX);
        await files.rename(sidecarPath(place), sidecarPath(place) + REJECTED_SUFFIX);
      } finally {
        keeper.settled(segment);
      }
    },
  };
  return segment;
}
