// Promise: pure, without logic, and cannot fail: a template names variables, and nothing else happens in it.
export const templateLengthMax = 4_000;
export const renderedLengthMax = 8_000;

export type Variables = Readonly<Record<string, string>>;

export type Rendered =
  { readonly kind: 'rendered'; readonly text: string } | { readonly kind: 'failed'; readonly why: string };

/** Replaces `{{ name }}` by the variable; a `{{` without its end, an unknown name or too long a text is refused. */
export function renderTemplate(template: string, variables: Variables): Rendered {
  if (template.length > templateLengthMax)
    return { kind: 'failed', why: `it is longer than ${templateLengthMax} characters` };
  let text = '';
  let at = 0;
  for (;;) {
    const open = template.indexOf('{{', at);
    if (open === -1) break;
    const close = template.indexOf('}}', open + 2);
    if (close === -1) return { kind: 'failed', why: 'a {{ has no }}' };
    const name = template.slice(open + 2, close).trim();
    if (!Object.hasOwn(variables, name))
      return { kind: 'failed', why: `there is no variable ${name.slice(0, 80)}` };
    text += template.slice(at, open) + (variables[name] ?? '');
    if (text.length > renderedLengthMax) return tooLong;
    at = close + 2;
  }
  text += template.slice(at);
  return text.length > renderedLengthMax ? tooLong : { kind: 'rendered', text };
}

const tooLong: Rendered = { kind: 'failed', why: `its text is longer than ${renderedLengthMax} characters` };

export interface Annotated {
  readonly annotations: Variables;
  /** One sentence for each template that was left out. */
  readonly notes: readonly string[];
}

/** Renders each annotation; one that cannot be rendered is left out, and the message says so. */
export function renderAnnotations(templates: Variables, variables: Variables): Annotated {
  const annotations: Record<string, string> = {};
  const notes: string[] = [];
  for (const [name, template] of Object.entries(templates)) {
    const rendered = renderTemplate(template, variables);
    if (rendered.kind === 'rendered') annotations[name] = rendered.text;
    else notes.push(`The annotation ${name} was left out: ${rendered.why}.`);
  }
  return { annotations, notes };
}
