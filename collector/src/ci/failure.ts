/** Ends `nightjar ci` with a sentence for the user. */
export class CiFailure extends Error {
  override readonly name = 'CiFailure';
  readonly exitCode: 64 | 69;

  constructor(exitCode: 64 | 69, message: string, options?: ErrorOptions) {
    super(message, options);
    this.exitCode = exitCode;
  }
}
