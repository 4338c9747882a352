/**
 * Tells the collector which libraries of this process are hooked and which are not: a log event after the start, again
 * when something has changed, and once an hour, so that the page of a service knows what runs now.
 */
import { createRequire } from 'node:module';
import { basename } from 'node:path';
import { SeverityNumber } from '@opentelemetry/api';
import type { Attributes } from '@opentelemetry/api';
import type { Instrumentation } from '@opentelemetry/instrumentation';
import { DOCTOR_EVENT, DOCTOR_LIBRARY_PREFIX, DOCTOR_MAIN_FILE } from '../../attributes.ts';
import type { PackageFinder } from '../../instrumentations/package-finder.ts';
import type { InstrumentationRow } from '../../instrumentations/row.ts';
import { readBundleInPieces } from './bundle.ts';
import { diagnose } from './diagnosis.ts';
import type { Bundle, DiagnosisRow } from './diagnosis.ts';
import { libraryFacts, packageOf } from './library-facts.ts';

export interface ReportPorts {
  readonly rows: readonly InstrumentationRow[];
  readonly isPresent: PackageFinder;
  readonly disabled: ReadonlySet<string>;
  readonly mainFile: string | undefined;
  readonly emit: (event: DoctorEvent) => void;
}

export interface DoctorEvent {
  readonly eventName: string;
  readonly severityNumber: SeverityNumber;
  readonly severityText: string;
  readonly body: string;
  readonly attributes: Attributes;
}

export interface DoctorReport {
  /** From now on, with what is on. */
  readonly follow: (on: ReadonlyMap<string, Instrumentation>) => void;
  readonly stop: () => void;
}

/** After the start: most load what they need at once, some at their first request. Then at this last distance. */
const LOOK_AFTER_MS = [5_000, 25_000, 90_000, 480_000] as const;
const TELL_AGAIN_MS = 3_600_000;
const LIBRARIES_MAX = 50;
const TEXT_MAX = 300;

/** To be called before the agent loads anything: what is there then came too early. */
export function startReport({ rows, isPresent, disabled, mainFile, emit }: ReportPorts): DoctorReport {
  const { cache } = createRequire(import.meta.url);
  const known = new Set(rows.flatMap(({ packages }) => packages));
  const loadedNow = (): string[] => {
    const names = new Set<string>();
    for (const path of Object.keys(cache)) {
      const name = packageOf(path);
      if (name !== undefined && known.has(name)) names.add(name);
    }
    return [...names];
  };
  const loadedBefore = loadedNow();
  let bundle: Promise<Bundle | undefined> | undefined;
  let told = '';
  let toldAtMs = 0;
  let timer: NodeJS.Timeout | undefined;

  const look = async (on: ReadonlyMap<string, Instrumentation>): Promise<void> => {
    bundle ??= readBundleInPieces(mainFile);
    const libraries = rows
      .filter(({ name }) => !name.endsWith(PART))
      .map((row) => libraryFacts(row, { on: on.get(row.name), isPresent, disabled }));
    const loaded = Object.fromEntries(loadedNow().map((name) => [name, 'commonjs' as const]));
    const facts = { loaded, libraries, loadedBefore, loadedBeforeStart: [] };
    const event = eventOf(diagnose(facts, await bundle), mainFile);
    const text = JSON.stringify(event);
    if (text === told && performance.now() - toldAtMs < TELL_AGAIN_MS) return;
    told = text;
    toldAtMs = performance.now();
    emit(event);
  };
  const wait = (on: ReadonlyMap<string, Instrumentation>, turn: number): void => {
    const afterMs = LOOK_AFTER_MS[Math.min(turn, LOOK_AFTER_MS.length - 1)];
    timer = setTimeout(() => {
      // What cannot be told now is told next time; the app has nothing to do with it.
      void look(on).catch(() => undefined);
      wait(on, turn + 1);
    }, afterMs).unref();
  };
  return { follow: (on) => wait(on, 0), stop: () => clearTimeout(timer) };
}

/** Rows that only add call sites to another one. */
const PART = '-call-sites';

function eventOf(all: readonly DiagnosisRow[], mainFile: string | undefined): DoctorEvent {
  const rows = all.filter(({ status }) => status !== 'absent').slice(0, LIBRARIES_MAX);
  const missed = rows.filter(({ status }) => status === 'not_hooked').map(({ library }) => library);
  const hooked = rows.filter(({ status }) => status === 'hooked').length;
  const attributes: Attributes = {};
  if (mainFile !== undefined) attributes[DOCTOR_MAIN_FILE] = basename(mainFile);
  for (const { library, status, version, why, fix } of rows)
    attributes[DOCTOR_LIBRARY_PREFIX + library] = JSON.stringify({
      status,
      version,
      why: why.slice(0, TEXT_MAX),
      fix: fix.slice(0, TEXT_MAX),
    });
  const isWarning = missed.length > 0;
  return {
    eventName: DOCTOR_EVENT,
    severityNumber: isWarning ? SeverityNumber.WARN : SeverityNumber.INFO,
    severityText: isWarning ? 'WARN' : 'INFO',
    body: `The agent watches ${hooked} ${hooked === 1 ? 'library' : 'libraries'}${isWarning ? `, but not ${missed.join(', ')}` : ''}`,
    attributes,
  };
}
