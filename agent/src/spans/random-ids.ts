const TWO_32 = 2 ** 32;
const scratch = Buffer.allocUnsafeSlow(16);
const words = new Uint32Array(scratch.buffer, scratch.byteOffset, 4);

/** W3C trace context: 16 random bytes in lower-case hex, never all zero. */
export function randomTraceId(): string {
  for (let i = 0; i < 4; i++) words[i] = Math.random() * TWO_32;
  return words.some(isSet) ? scratch.toString('hex') : randomTraceId();
}

/** 8 random bytes, never all zero. */
export function randomSpanId(): string {
  words[0] = Math.random() * TWO_32;
  words[1] = Math.random() * TWO_32;
  return isSet(words[0]) || isSet(words[1]) ? scratch.toString('hex', 0, 8) : randomSpanId();
}

function isSet(word: number): boolean {
  return word !== 0;
}
