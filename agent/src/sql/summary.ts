/** `db.query.summary` is at most this long, cut at a word. */
const SUMMARY_MAX = 255;

/** Operations and targets in order, with a space between. */
export class Summary {
  text = '';
  #isFull = false;

  restart(): void {
    this.text = '';
    this.#isFull = false;
  }

  add(part: string): void {
    if (this.#isFull) return;
    const longer = this.text === '' ? part : `${this.text} ${part}`;
    if (longer.length > SUMMARY_MAX) this.#isFull = true;
    else this.text = longer;
  }
}
