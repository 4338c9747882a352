import type { Finding } from '@nightjar/collector/contract';

/** The line of code that asked, file and line first: that is what gets searched for. */
export function CallSite({ site }: Readonly<{ site: Finding['callSite'] }>) {
  if (site === null) return <span className="muted">line unknown</span>;
  return (
    <code title={`${site.file}:${site.line}${site.function === '' ? '' : ` in ${site.function}`}`}>
      {siteText(site)}
    </code>
  );
}

/** The end of the path is what tells two lines apart. */
export function siteText(site: Readonly<{ file: string; line: number }>): string {
  const parts = site.file.split(/[/\\]/);
  return `${parts.slice(-2).join('/')}:${site.line}`;
}
