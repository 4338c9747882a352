import { DOCTOR_EVENT, DOCTOR_LIBRARY_PREFIX, DOCTOR_MAIN_FILE } from '@nightjar/agent/attributes';
import { z } from 'zod';
import { libraryStates, type DoctorReport, type Range, type ResponseOf } from '../contract/index.ts';
import type { WatchedLibrary } from '../contract/index.ts';
import type { Query } from '../storage/types.ts';
import { and, during, windowOf, windowParams } from './sql.ts';
import { resolveRange, type QueryContext } from './time.ts';

/** A process tells of itself once an hour: whoever has not, within this, has ended. */
const tellingMs = 70 * 60_000;
const lookBackMs = 86_400_000;
const processesMax = 500;
const reportsMax = 20;

/** What the agents in a service's processes say of their libraries; processes that say the same are one report. */
export async function readDoctor(
  { storage, nowMs }: QueryContext,
  request: Range & { readonly service: string },
): Promise<ResponseOf<'doctor'>> {
  const { toMs } = resolveRange(request, nowMs);
  const rows = await storage.query(reportsQuery, {
    ...windowOf({ fromMs: toMs - lookBackMs, toMs }, request.environment),
    service: request.service,
    event: DOCTOR_EVENT,
  });
  const living = rows.filter((row) => row.reported_ms > (rows[0]?.reported_ms ?? 0) - tellingMs);
  const resources = await storage.query(resourcesQuery, { ids: living.map((row) => row.resource_id) });
  const attributesOf = new Map(resources.map((row) => [row.resource_id, row.attributes]));
  const reports = new Map<string, DoctorReport>();
  for (const row of living) {
    const report = reportOf(row, attributesOf.get(row.resource_id) ?? {});
    const key = JSON.stringify({ ...report, reportedMs: 0, hosts: [] });
    const same = reports.get(key);
    reports.set(key, same === undefined ? report : joined(same, report));
  }
  return { reports: [...reports.values()].slice(0, reportsMax) };
}

function reportOf(row: ReportRow, resource: Readonly<Record<string, string>>): DoctorReport {
  const libraries = Object.entries(row.attributes).flatMap(([name, text]) =>
    name.startsWith(DOCTOR_LIBRARY_PREFIX) ? libraryOf(name.slice(DOCTOR_LIBRARY_PREFIX.length), text) : [],
  );
  const host = resource['host.name'];
  return {
    reportedMs: row.reported_ms,
    processes: 1,
    mainFile: row.attributes[DOCTOR_MAIN_FILE] ?? '',
    hosts: host === undefined ? [] : [host],
    release: row.release,
    agentVersion: resource['telemetry.distro.version'] ?? '',
    nodeVersion: resource['process.runtime.version'] ?? '',
    libraries: libraries.toSorted(
      (a, b) =>
        libraryStates.indexOf(a.state) - libraryStates.indexOf(b.state) || a.library.localeCompare(b.library),
    ),
  };
}

/** The newer of the two comes first. */
function joined(report: DoctorReport, other: DoctorReport): DoctorReport {
  return {
    ...report,
    processes: report.processes + other.processes,
    hosts: [...new Set([...report.hosts, ...other.hosts])].toSorted(),
  };
}

const told = z.object({
  status: z.enum(libraryStates),
  version: z.string().optional(),
  why: z.string(),
  fix: z.string(),
});

/** Anybody may send such an event: what cannot be read is left out. */
function libraryOf(library: string, text: string): WatchedLibrary[] {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return [];
  }
  const { data } = told.safeParse(json);
  if (data === undefined) return [];
  const { status: state, version = null, why: reason, fix } = data;
  return [{ library, state, version, reason, fix }];
}

const reportsParams = windowParams.extend({ service: z.string(), event: z.string() });
const reportRow = z.object({
  reported_ms: z.number(),
  resource_id: z.string(),
  release: z.string(),
  attributes: z.record(z.string(), z.string()),
});
type ReportRow = z.infer<typeof reportRow>;

const reportsQuery: Query<z.infer<typeof reportsParams>, ReportRow> = {
  name: 'doctor.reports',
  sql: ({ environment }) => `SELECT
  toUnixTimestamp64Milli(l.time) AS reported_ms,
  toString(l.resource_id) AS resource_id,
  l.release AS release,
  l.attributes_string AS attributes
FROM logs AS l
WHERE ${during('l.time')}
  AND l.service = {service:String}
  AND l.event_name = {event:String}${and(environment !== undefined && 'l.environment = {environment:String}')}
ORDER BY l.time DESC
LIMIT 1 BY l.resource_id
LIMIT ${processesMax}`,
  params: reportsParams,
  row: reportRow,
};

const resourcesQuery: Query<
  { readonly ids: readonly string[] },
  { readonly resource_id: string; readonly attributes: Record<string, string> }
> = {
  name: 'doctor.resources',
  sql: `SELECT
  toString(r.resource_id) AS resource_id,
  argMax(r.attributes, r.seen_at) AS attributes
FROM resources AS r
WHERE r.resource_id IN (SELECT toUInt64(arrayJoin({ids:Array(String)})))
GROUP BY r.resource_id
LIMIT ${processesMax}`,
  params: z.object({ ids: z.array(z.string()).readonly() }),
  row: z.object({ resource_id: z.string(), attributes: z.record(z.string(), z.string()) }),
};
