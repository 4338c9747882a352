/** Ends `nightjar rules` with a sentence for the user. */
export class RulesFailure extends Error {
  override readonly name = 'RulesFailure';
  readonly exitCode: 64 | 69;

  constructor(exitCode: 64 | 69, message: string, options?: ErrorOptions) {
    super(message, options);
    this.exitCode = exitCode;
  }
}
