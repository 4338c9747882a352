import type { Storage } from '../storage/types.ts';
import { candidatesByIdQuery, candidatesQuery, oldArrivalsQuery } from './candidates.ts';
import type { ArrivalWindow, Candidate } from './candidates.ts';

const tracesPerPage = 20_000;
/** Traces looked up by their ids at one time. */
export const idsPerPage = 2_000;
/** A trace whose first span at hand began earlier than this before the window may have more in the tables. */
const settledS = 60;
/** Spans that began earlier than this before the window are looked up trace by trace. */
const recentS = 900;
/** Spans of a trace that began earlier than this before the window are not looked for. */
export const lookBackS = 86_400;

/**
 * Everything with arrivals in the window, page by page. What arrives within a minute of its beginning, nearly all, is taken
 * from one reading of the last minutes; the rest is looked up by id, whatever its age.
 */
export async function* candidatePages(
  storage: Storage,
  window: ArrivalWindow,
): AsyncGenerator<readonly Candidate[]> {
  const bounds = { ...window, recentS: window.fromS - recentS };
  const arrivedS = window.fromS - settledS;
  const isWhole = (candidate: Candidate) => candidate.startS >= arrivedS;
  let page: readonly Candidate[];
  let after = '';
  do {
    page = await storage.query(candidatesQuery, { ...bounds, arrivedS, after, rows: tracesPerPage });
    yield page.filter(isWhole);
    const parts = page.filter((candidate) => !isWhole(candidate)).map(({ traceId }) => traceId);
    yield* candidatesOf(storage, parts, window);
    after = page.at(-1)?.traceId ?? '';
  } while (page.length === tracesPerPage);
  yield* lateCandidates(storage, window);
}

/** By everything that is stored of these traces. */
export async function* candidatesOf(
  storage: Storage,
  ids: readonly string[],
  window: ArrivalWindow,
): AsyncGenerator<readonly Candidate[]> {
  const sinceS = window.fromS - lookBackS;
  for (let from = 0; from < ids.length; from += idsPerPage) {
    const traceIds = ids.slice(from, from + idsPerPage);
    yield await storage.query(candidatesByIdQuery, { traceIds, sinceS });
  }
}

async function* lateCandidates(
  storage: Storage,
  window: ArrivalWindow,
): AsyncGenerator<readonly Candidate[]> {
  const bounds = { ...window, recentS: window.fromS - recentS, sinceS: window.fromS - lookBackS };
  let ids: readonly string[];
  let after = '';
  do {
    ids = await storage.query(oldArrivalsQuery, { ...bounds, after, rows: idsPerPage });
    yield* candidatesOf(storage, ids, window);
    after = ids.at(-1) ?? '';
  } while (ids.length === idsPerPage);
}
