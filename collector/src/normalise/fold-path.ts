const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
const HEX_ID = /^(?=.*\d)[0-9a-f]{8,}$/i;
/** `grpc.health.v1.Health`, `index.html`: said by a person. */
const DOTTED_NAME = /^[a-z_]\w{0,63}(?:\.[a-z_]\w{0,63}){1,8}$/i;
/** Letters of both cases and digits: base64 and its kin. */
const TOKEN = /^(?=.*\d)(?=.*[a-z])(?=.*[A-Z])\w{16,}$/;
const MANY_DIGITS = /\d\D*\d\D*\d/;
const NUMBER = /^[+-]?\d+$/;
/** Slugs, tokens, emails: anything this long, or with some digits and this long, is one of many. */
const SEGMENT_MAX = 40;
const MIXED_MIN = 16;
const SEGMENTS_MAX = 12;

/**
 * A path, or a name that holds one, with ids folded: `/users/42/orders/9f1c…` -> `/users/{id}/orders/{id}`. Query and fragment
 * go. Linear; at most `SEGMENTS_MAX` segments are kept.
 */
export function foldPath(path: string): string {
  const end = path.search(/[?#]/);
  const segments = (end < 0 ? path : path.slice(0, end)).split('/');
  const folded = segments.slice(0, SEGMENTS_MAX).map((segment) => (isId(segment) ? '{id}' : segment));
  return segments.length > SEGMENTS_MAX ? `${folded.join('/')}/...` : folded.join('/');
}

export function isId(segment: string): boolean {
  if (segment === '' || DOTTED_NAME.test(segment)) return false;
  if (segment.length > SEGMENT_MAX) return true;
  if (NUMBER.test(segment) || UUID.test(segment) || HEX_ID.test(segment) || TOKEN.test(segment)) return true;
  return segment.length >= MIXED_MIN && MANY_DIGITS.test(segment) && !/[ {}:]/.test(segment);
}
