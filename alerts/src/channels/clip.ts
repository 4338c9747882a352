/** At most `lengthMax` UTF-16 units, which is never more characters; ends in … when something was cut. */
export function clip(text: string, lengthMax: number): string {
  if (text.length <= lengthMax) return text;
  const cut = text.slice(0, Math.max(0, lengthMax - 1));
  // Half a surrogate pair is not valid in JSON for many receivers.
  return `${/[\uD800-\uDBFF]$/.test(cut) ? cut.slice(0, -1) : cut}…`;
}

/** Builds a body around the text, with as much of the text as keeps the body within `bytesMax` of UTF-8. */
export function fitBytes(build: (text: string) => string, text: string, bytesMax: number): string {
  const first = clip(text, bytesMax);
  let body = build(first);
  for (let room = first.length; Buffer.byteLength(body) > bytesMax && room > 0;) {
    room = Math.floor(room * 0.8);
    body = build(clip(text, room));
  }
  return body;
}
