import type { DiagnosisRow, LibraryStatus } from './diagnosis.ts';

const WORDS: Readonly<Record<LibraryStatus, string>> = {
  hooked: 'hooked',
  not_hooked: 'NOT HOOKED',
  not_loaded: 'not loaded',
  off: 'off',
  absent: 'absent',
};

/** For people. What is not installed is only counted. */
export function diagnosisTable(rows: readonly DiagnosisRow[]): string {
  const shown = rows.filter(({ status }) => status !== 'absent');
  const cells = shown.map(({ library, status, version, why }) => [
    library,
    WORDS[status],
    version ?? '',
    why,
  ]);
  const widths = [0, 1, 2].map((column) => Math.max(...cells.map((row) => row[column]?.length ?? 0), 0));
  const lines = shown.flatMap(({ fix }, index) => {
    const row = (cells[index] ?? []).map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ');
    return fix === '' ? [row.trimEnd()] : [row.trimEnd(), `    fix: ${fix}`];
  });
  const absent = rows.length - shown.length;
  return [
    ...lines,
    ...(absent > 0 ? [`${absent} more would be hooked if they were installed`] : []),
    '',
  ].join('\n');
}
