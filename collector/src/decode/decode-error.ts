/** The body is not what its Content-Type says. The only thing that decode throws. */
export class DecodeError extends Error {
  override readonly name = 'DecodeError';
}
