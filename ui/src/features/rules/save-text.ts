/** Hands a text to the browser as a file to keep. */
export function saveText(name: string, text: string): void {
  const address = URL.createObjectURL(new Blob([text], { type: 'text/yaml' }));
  const link = document.createElement('a');
  link.href = address;
  link.download = name;
  link.click();
  // The download has its own hold of the data by then.
  setTimeout(() => URL.revokeObjectURL(address), releaseAfterMs);
}

const releaseAfterMs = 10_000;
