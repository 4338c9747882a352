/**
 * The panel as HTML: no script, styles in a shadow root so that the app's own and the panel's do not meet. Everything that
 * comes from the app is escaped. It is pure ASCII, so that the page's charset does not matter.
 */
import type { Finding, Repeat } from '../detect/types.ts';
import type { RequestView, StatementLine } from './request-view.ts';
import { countOf } from './terminal-line.ts';

const ROWS_MAX = 100;
const STATEMENT_CHARACTERS_MAX = 600;

export function panelHtml(view: RequestView, nonce: string | undefined): string {
  const { findings: all, repeats } = view.detection;
  const findings = all.filter(({ accepted }) => accepted === undefined);
  const accepted = all.filter((finding) => finding.accepted !== undefined);
  const duplicates = repeats.filter(({ verdict }) => verdict === 'duplicate');
  const style = nonce === undefined ? '<style>' : `<style nonce="${escapeHtml(nonce)}">`;
  const title = [
    countOf(view.queryCount, 'query'),
    `${view.dbDurationMs.toFixed(1)} ms`,
    ...(findings.length > 0 ? [countOf(findings.length, 'finding')] : []),
  ].join(' &#183; ');
  return (
    `<nightjar-panel><template shadowrootmode="open">${style}${CSS}</style>` +
    `<details${findings.length > 0 ? ' class="found"' : ''}><summary>Nightjar: ${title}</summary>` +
    section('Findings', findings, findingHtml) +
    section('Accepted', accepted, acceptedHtml) +
    section('Duplicates', duplicates, duplicateHtml) +
    section('Queries', view.statements, statementHtml) +
    '</details></template></nightjar-panel>'
  );
}

export function escapeHtml(text: string): string {
  return text.replaceAll(/[&<>"'`]|[^\x20-\x7E\n]/gu, (character) => `&#${character.codePointAt(0)};`);
}

function section<Item>(title: string, items: readonly Item[], row: (item: Item) => string): string {
  if (items.length === 0) return '';
  const rest = items.length - ROWS_MAX;
  const more = rest > 0 ? `<li>and ${rest} more</li>` : '';
  return `<h2>${title}</h2><ul>${items.slice(0, ROWS_MAX).map(row).join('')}${more}</ul>`;
}

function findingHtml(finding: Finding): string {
  const { kind, count, callSite, hint, statement, reason } = finding;
  const label = kind === 'n_plus_one' ? 'N+1' : kind.replaceAll('_', ' ');
  const site = callSite === undefined ? '' : ` <b>${escapeHtml(`${callSite.file}:${callSite.line}`)}</b>`;
  return (
    `<li><em>${escapeHtml(label)} &#215;${count}</em>${site}${code(statement)}` +
    `<p>${escapeHtml(reason)}</p><p>${escapeHtml(hint)}</p></li>`
  );
}

function acceptedHtml({ kind, count, statement, accepted }: Finding): string {
  const label = kind === 'n_plus_one' ? 'N+1' : kind.replaceAll('_', ' ');
  const until = accepted?.expires === undefined ? '' : ` until ${accepted.expires}`;
  return (
    `<li><em>${escapeHtml(label)} &#215;${count}</em>${code(statement)}` +
    `<p>${escapeHtml(`${accepted?.how ?? ''}${until}: ${accepted?.reason ?? ''}`)}</p></li>`
  );
}

function duplicateHtml({ count, statement, totalMs }: Repeat): string {
  return `<li><em>&#215;${count}, ${totalMs.toFixed(1)} ms</em>${code(statement)}</li>`;
}

function statementHtml({ statement, count, totalMs, callSite }: StatementLine): string {
  const site = callSite === undefined ? '' : ` <b>${escapeHtml(callSite)}</b>`;
  return `<li><em>&#215;${count}, ${totalMs.toFixed(1)} ms</em>${site}${code(statement)}</li>`;
}

function code(statement: string): string {
  const isLong = statement.length > STATEMENT_CHARACTERS_MAX;
  return `<code>${escapeHtml(isLong ? `${statement.slice(0, STATEMENT_CHARACTERS_MAX)}...` : statement)}</code>`;
}

const CSS = `
:host{all:initial}
details{position:fixed;right:12px;bottom:12px;z-index:2147483647;max-width:min(640px,calc(100vw - 24px));max-height:70vh;
overflow:auto;background:#15181d;color:#e8eaed;border:1px solid #3a414b;border-radius:8px;font:13px/1.5 system-ui,sans-serif}
summary{padding:6px 12px;cursor:pointer}.found summary{color:#ffb454}
summary:focus-visible{outline:2px solid #7aa7ff;outline-offset:-2px}
h2{margin:8px 12px 4px;font-size:12px;font-weight:600;color:#a9b1bc}ul{margin:0;padding:0 12px 8px;list-style:none}
li{padding:6px 0;border-top:1px solid #2a3038}em{font-style:normal;color:#ffb454}b{font-weight:500;color:#9ecbff}
code{display:block;font:12px/1.5 ui-monospace,monospace;white-space:pre-wrap;overflow-wrap:anywhere}p{margin:4px 0 0}
`;
