/** A name without its quotes: `"a"`, `` `a` `` and `[a]` become `a`. */
export function unquoted(name: string): string {
  const first = name.charCodeAt(0);
  if (first !== 34 && first !== 96 && first !== 91) return name;
  const inner = name.slice(1, -1);
  return first === 34 && inner.includes('"') ? inner.replaceAll('""', '"') : inner;
}
