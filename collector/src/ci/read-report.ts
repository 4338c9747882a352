import { readFileSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { CiFailure } from './failure.ts';

/** As `ReportLine` of `@nightjar/agent/test` is written. */
const findingSchema = z.object({
  id: z.string().regex(/^[0-9a-f]{16}$/),
  kind: z.string(),
  statement: z.string(),
  fingerprint: z.string(),
  count: z.number().int(),
  callSite: z.object({ file: z.string(), line: z.number().int(), function: z.string() }).optional(),
  reason: z.string(),
  hint: z.string(),
  standing: z.enum(['open', 'ignored', 'acknowledged']),
  note: z.string().optional(),
});
const lineSchema = z.object({
  version: z.literal(1),
  operation: z.string().min(1),
  test: z.string(),
  queryCount: z.number().int().min(0),
  findings: z.array(findingSchema),
});

export type ReportLine = z.infer<typeof lineSchema>;
export type ReportedFinding = ReportLine['findings'][number];

const FILES_MAX = 10_000;
const FILE_BYTES_MAX = 256 * 1024 * 1024;

/** Every line of the report, in an order that does not depend on which process wrote it first. */
export function readReport(folder: string): readonly ReportLine[] {
  const files = filesIn(folder);
  const lines = files.flatMap((file) => linesOf(join(folder, file)));
  if (lines.length === 0) {
    throw new CiFailure(
      64,
      `${folder} holds no recorded run: run the tests with NIGHTJAR_TEST_REPORT=${folder}, and record in them with @nightjar/agent/test`,
    );
  }
  return lines;
}

function filesIn(folder: string): readonly string[] {
  let names: readonly string[];
  try {
    names = readdirSync(folder);
  } catch (cause) {
    throw new CiFailure(64, `the report folder ${folder} cannot be read`, { cause });
  }
  const files = names.filter((name) => name.endsWith('.jsonl')).sort();
  if (files.length > FILES_MAX) throw new CiFailure(64, `${folder} holds more than ${FILES_MAX} files`);
  return files;
}

function linesOf(file: string): readonly ReportLine[] {
  if (statSync(file).size > FILE_BYTES_MAX)
    throw new CiFailure(64, `${file} is larger than ${FILE_BYTES_MAX} bytes`);
  const texts = readFileSync(file, 'utf8').split('\n');
  return texts.flatMap((text, index) => {
    if (text.trim() === '') return [];
    const line = lineSchema.safeParse(parsedOf(text));
    if (line.success) return [line.data];
    throw new CiFailure(
      64,
      `${file}:${index + 1} is not a line of a report this version reads; delete the folder and run the tests again`,
    );
  });
}

function parsedOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
