import { expect, it } from 'vitest';
import { renderAnnotations, renderTemplate, renderedLengthMax, templateLengthMax } from './template.ts';

const variables = {
  'labels.service': 'shop',
  'labels.http.route': '/cart',
  value: '2,340 ms',
  long: 'x'.repeat(5_000),
};

const rows = [
  ['plain text', 'plain text'],
  ['{{ labels.service }} at {{value}}', 'shop at 2,340 ms'],
  ['{{labels.http.route}}{{ value }}', '/cart2,340 ms'],
  ['{ {{ value }} }', '{ 2,340 ms }'],
  ['$& {{ value }} }}', '$& 2,340 ms }}'],
] as const;
it.each(rows)('%s renders as %s', (template, text) => {
  expect(renderTemplate(template, variables)).toEqual({ kind: 'rendered', text });
});

const refused = [
  ['{{ value', 'has no }}'],
  ['{{ labels.pod }}', 'no variable labels.pod'],
  ['{{ constructor }}', 'no variable constructor'],
  ['{{ value | upper }}', 'no variable value | upper'],
  ['{{#if value}}x{{/if}}', 'no variable #if value'],
  ['x'.repeat(templateLengthMax + 1), 'longer than'],
  ['{{ long }}{{ long }}', `longer than ${renderedLengthMax}`],
] as const;
it.each(refused)('refuses %s', (template, why) => {
  const rendered = renderTemplate(template, variables);
  expect(rendered.kind === 'failed' && rendered.why).toContain(why);
});

it('keeps what can be rendered and says what could not', () => {
  const templates = { summary: '{{ labels.service }} is slow', title: '{{ nope }}' };
  expect(renderAnnotations(templates, variables)).toEqual({
    annotations: { summary: 'shop is slow' },
    notes: ['The annotation title was left out: there is no variable nope.'],
  });
});

it('takes time in proportion to its size', () => {
  const timeOf = (size: number) => {
    const template = '{{'.repeat(size / 2);
    const startedAt = performance.now();
    for (let round = 0; round < 200; round += 1) renderTemplate(template, variables);
    return performance.now() - startedAt;
  };
  timeOf(1_000);
  expect(timeOf(4_000)).toBeLessThan(200);
});
