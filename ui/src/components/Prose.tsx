/** A sentence or a few, with `code` between back quotes and line breaks kept. */
export function Prose({ text }: Readonly<{ text: string }>) {
  return (
    <p style={{ whiteSpace: 'pre-line' }}>
      {text.split('`').map((part, index) => (index % 2 === 1 ? <code key={index}>{part}</code> : part))}
    </p>
  );
}
