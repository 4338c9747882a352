/** A name without its quotes: `"a"`, `` `a` `` and `[a]` become `a`. */
export function unquoted(name: string): string {
  const first = name.charAt(0);
  if (first !== '"' && first !== '`' && first !== '[') return name;
  const inner = name.slice(1, -1);
  return first === '"' ? inner.replaceAll('""', '"') : inner;
}
