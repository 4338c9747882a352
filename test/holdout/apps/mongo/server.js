import { createServer } from 'node:net';
import { deserialize, ObjectId, serialize } from 'bson';

/**
 * Enough of MongoDB's wire protocol (OP_MSG) for the real driver to work against: documents in memory, filters by
 * equality and $in. What is under test is the driver and its instrumentation, on a real socket.
 */
const OP_MSG = 2013;
const OP_QUERY = 2004;
const OP_REPLY = 1;
const HEADER_BYTES = 16;
const DOCUMENTS_MAX = 10_000;

const collections = new Map();
const cursors = new Map();
let cursorId = 0;

const commands = {
  hello: () => ({
    isWritablePrimary: true,
    maxBsonObjectSize: 16_777_216,
    maxMessageSizeBytes: 48_000_000,
    maxWriteBatchSize: 100_000,
    localTime: new Date(),
    minWireVersion: 0,
    maxWireVersion: 21,
    readOnly: false,
  }),
  ping: () => ({}),
  endSessions: () => ({}),
  insert: (command) => {
    const documents = documentsOf(command.insert);
    if (documents.length + command.documents.length > DOCUMENTS_MAX) throw new Error('full');
    documents.push(...command.documents);
    return { n: command.documents.length };
  },
  find: (command) => {
    const found = documentsOf(command.find).filter((document) => isMatch(document, command.filter ?? {}));
    const limited = command.limit > 0 ? found.slice(0, command.limit) : found;
    return batchOf(limited, { ns: `${command.$db}.${command.find}`, batch: command.batchSize ?? 101, key: 'firstBatch' });
  },
  getMore: (command) => {
    const rest = cursors.get(Number(command.getMore)) ?? [];
    cursors.delete(Number(command.getMore));
    return batchOf(rest, { ns: `${command.$db}.${command.collection}`, batch: command.batchSize ?? 101, key: 'nextBatch' });
  },
  update: (command) => {
    let n = 0;
    for (const { q, u } of command.updates) {
      const document = documentsOf(command.update).find((each) => isMatch(each, q));
      if (document === undefined) continue;
      Object.assign(document, u.$set);
      for (const [name, by] of Object.entries(u.$inc ?? {})) document[name] = (document[name] ?? 0) + by;
      n++;
    }
    return { n, nModified: n };
  },
};
commands.ismaster = commands.hello;
commands.isMaster = commands.hello;

function documentsOf(name) {
  if (!collections.has(name)) collections.set(name, []);
  return collections.get(name);
}

function batchOf(documents, { ns, batch, key }) {
  const rest = documents.slice(batch);
  const id = rest.length === 0 ? 0 : ++cursorId;
  if (id !== 0) cursors.set(id, rest);
  return { cursor: { id: BigInt(id), ns, [key]: documents.slice(0, batch) } };
}

function isMatch(document, filter) {
  return Object.entries(filter).every(([name, wanted]) => {
    const value = document[name];
    if (wanted !== null && typeof wanted === 'object' && '$in' in wanted) return wanted.$in.some((each) => isSame(each, value));
    return isSame(wanted, value);
  });
}

function isSame(a, b) {
  return a instanceof ObjectId && b instanceof ObjectId ? a.equals(b) : a === b;
}

function answer(command) {
  const name = Object.keys(command)[0];
  const run = commands[name];
  if (run === undefined) return { ok: 0, errmsg: `no such command: ${name}`, code: 59 };
  return { ...run(command), ok: 1 };
}

function readMessage(message) {
  const opCode = message.readInt32LE(12);
  if (opCode === OP_QUERY) {
    const end = message.indexOf(0, 20);
    return { opCode, command: deserialize(message.subarray(end + 9)) };
  }
  let command = {};
  for (let at = 20; at < message.length;) {
    const kind = message[at];
    const size = message.readInt32LE(at + 1);
    const end = at + 1 + size;
    if (kind === 0) command = { ...deserialize(message.subarray(at + 1, end)), ...command };
    else {
      const nameEnd = message.indexOf(0, at + 5);
      const documents = [];
      for (let next = nameEnd + 1; next < end;) {
        const length = message.readInt32LE(next);
        documents.push(deserialize(message.subarray(next, next + length)));
        next += length;
      }
      command[message.toString('utf8', at + 5, nameEnd)] = documents;
    }
    at = end;
  }
  // The name of the command is the first key of the body, wherever the sections stood.
  const body = Object.keys(command).find((key) => key in commands);
  return { opCode, command: body === undefined ? command : { [body]: command[body], ...command } };
}

function reply({ opCode, requestId }, document) {
  const bytes = serialize(document);
  const prefix = opCode === OP_QUERY ? Buffer.alloc(20) : Buffer.alloc(5);
  if (opCode === OP_QUERY) prefix.writeInt32LE(1, 16);
  const header = Buffer.alloc(HEADER_BYTES);
  header.writeInt32LE(HEADER_BYTES + prefix.length + bytes.length, 0);
  header.writeInt32LE(requestId, 8);
  header.writeInt32LE(opCode === OP_QUERY ? OP_REPLY : OP_MSG, 12);
  return Buffer.concat([header, prefix, bytes]);
}

const server = createServer((socket) => {
  let waiting = Buffer.alloc(0);
  socket.on('error', () => socket.destroy());
  socket.on('data', (chunk) => {
    waiting = Buffer.concat([waiting, chunk]);
    while (waiting.length >= HEADER_BYTES && waiting.length >= waiting.readInt32LE(0)) {
      const message = waiting.subarray(0, waiting.readInt32LE(0));
      waiting = waiting.subarray(message.length);
      const { opCode, command } = readMessage(message);
      socket.write(reply({ opCode, requestId: message.readInt32LE(4) }, answer(command)));
    }
  });
});
server.listen(0, '127.0.0.1', () => console.log(`ready mongodb://127.0.0.1:${server.address().port}`));
process.on('SIGTERM', () => process.exit(0));
