import type { PreviewEpisode, RulePreview } from '../contract/index.ts';

const episodesShown = 20;

/** `would have fired 7 times, 5 of them under 2 minutes, 41 min in all` */
export function noiseText({ noise }: RulePreview): string {
  const { pages, short, firingMs } = noise;
  if (pages === 0) return 'would not have fired';
  const times = pages === 1 ? 'once' : pages === 2 ? 'twice' : `${pages} times`;
  const brief = short === 0 ? '' : `, ${short} under 2 minutes`;
  return `would have fired ${times}${brief}, ${spanText(firingMs)} in all`;
}

/** A preview for a terminal: the sentence, what would be quieter, and the latest episodes. */
export function previewText(preview: RulePreview): string {
  const { summary, suggestions, episodes, episodesTotal, groups, ticks, resolution } = preview;
  const lines = [summary, ''];
  for (const { change, noise } of suggestions)
    lines.push(`  ${change.padEnd(24)} ${noiseText({ ...preview, noise })}`);
  if (suggestions.length > 0) lines.push('');
  for (const episode of episodes.slice(0, episodesShown)) lines.push(episodeText(episode));
  const more = episodesTotal - Math.min(episodes.length, episodesShown);
  if (more > 0) lines.push(`  and ${more} more`);
  if (episodes.length > 0) lines.push('');
  const left = groups.seen > groups.watched ? ` of ${groups.seen}` : '';
  lines.push(
    `${groups.watched}${left} groups, ${ticks} ticks${precision[resolution]}, ${preview.tookMs} ms.`,
  );
  if (preview.isPartial) lines.push('It fires so much that not all groups were looked at.');
  return `${lines.join('\n')}\n`;
}

const precision: Readonly<Record<RulePreview['resolution'], string>> = {
  exact: '',
  minute: ', windows to the minute',
  thinned: ', fewer than the rule looks at',
};

function episodeText({ firedAt, resolvedAt, severity, group, reason }: PreviewEpisode): string {
  const time = new Date(firedAt).toISOString().slice(0, 16).replace('T', ' ');
  const lasted = resolvedAt === null ? 'open' : spanText(resolvedAt - firedAt);
  const where = Object.entries(group).map(([label, value]) => `${label}=${value}`);
  return `  ${time}  ${lasted.padEnd(8)} ${severity.padEnd(8)} ${where.join(' ')}${where.length === 0 ? '' : '  '}${reason}`;
}

function spanText(ms: number): string {
  const minutes = Math.round(ms / 60_000);
  if (minutes < 1) return `${Math.round(ms / 1_000)} s`;
  return minutes < 120 ? `${minutes} min` : `${Math.round(minutes / 6) / 10} h`;
}
