import type { LinkedFact, Notification } from '../../schema/index.ts';
import { fitItems, partsOf, toneOf } from './message-parts.ts';
import type { Tone } from './message-parts.ts';

/** Mail programs cut a message of more; Gmail does at 102 kB. */
export const htmlBytesMax = 100_000;

const colors: Readonly<Record<Tone, string>> = {
  good: '#2da44e',
  bad: '#cf222e',
  warning: '#bf8700',
  plain: '#57606a',
};

/** A page without scripts, pictures or anything fetched; every text in it is escaped. */
export function mailHtml(message: Notification): string {
  const { about, facts, evidence, notes, links } = partsOf(message);
  const color = colors[toneOf(message)];
  const title = escapeHtml(message.title.replaceAll(/\s+/g, ' '));
  const rows = [...facts, ...evidence];
  const build = (kept: readonly LinkedFact[]) =>
    [
      '<!doctype html>',
      '<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">',
      `<title>${title}</title></head>`,
      '<body style="margin:0;padding:16px;font:14px/1.5 -apple-system,Segoe UI,Roboto,sans-serif;color:#1f2328">',
      `<div style="max-width:640px;border-left:4px solid ${color};padding:4px 0 4px 16px">`,
      `<h1 style="margin:0 0 12px;font-size:18px;line-height:1.3">${title}</h1>`,
      ...about.map((text) => `<p style="margin:0 0 12px;white-space:pre-line">${escapeHtml(text)}</p>`),
      ...(kept.length === 0
        ? []
        : ['<table role="presentation" cellpadding="0" cellspacing="0">', ...kept.map(rowHtml), '</table>']),
      ...notes.map((text) => `<p style="margin:12px 0 0;color:#57606a">${escapeHtml(text)}</p>`),
      `<p style="margin:16px 0 0">${links.map(linkHtml).join(' &nbsp; ')}</p>`,
      '</div></body></html>',
    ].join('\n');
  return fitItems(build, rows, htmlBytesMax);
}

function rowHtml({ name, value, url }: LinkedFact): string {
  const said = escapeHtml(value);
  const shown = url !== null && isWebAddress(url) ? `<a href="${escapeHtml(url)}">${said}</a>` : said;
  return (
    `<tr><td style="padding:2px 12px 2px 0;color:#57606a;vertical-align:top;white-space:nowrap">${escapeHtml(name)}</td>` +
    `<td style="padding:2px 0;vertical-align:top">${shown}</td></tr>`
  );
}

function linkHtml({ text, url }: { readonly text: string; readonly url: string }): string {
  return isWebAddress(url) ? `<a href="${escapeHtml(url)}">${escapeHtml(text)}</a>` : '';
}

function isWebAddress(url: string): boolean {
  return /^https?:\/\//i.test(url);
}

function escapeHtml(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;');
}
