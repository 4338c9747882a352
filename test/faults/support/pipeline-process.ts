import { nodeFiles } from '../../../collector/src/journal/files.ts';
import type { JournalFile, JournalFiles } from '../../../collector/src/journal/files.ts';
import type { Storage } from '../../../collector/src/storage/types.ts';
import type { KillPoint } from './kill-points.ts';
import { openPipeline } from './pipeline.ts';

// A pipeline in a process of its own, to be killed: `directory port [point passes]`. Prints its port when it listens. With a
// point it kills itself there, at the given pass, as power that goes would.

const [directory = '', port = '0', point = '', passes = '1'] = process.argv.slice(2);
let left = Number(passes);

function reach(here: KillPoint): void {
  if (here !== point) return;
  left -= 1;
  if (left <= 0) process.kill(process.pid, 'SIGKILL');
}

function watched(file: JournalFile, kind: 'data' | 'sidecar' | 'seen'): JournalFile {
  return {
    async write(bytes, offset, length, position) {
      if (kind === 'data') {
        if (point === 'data.halfWritten') {
          await file.write(bytes, offset, Math.ceil(length / 2), position);
          reach('data.halfWritten');
        }
        const written = await file.write(bytes, offset, length, position);
        reach('data.written');
        return written;
      }
      const written = await file.write(bytes, offset, length, position);
      if (kind === 'sidecar') reach('sidecar.written');
      return written;
    },
    async datasync() {
      await file.datasync();
      if (kind === 'data') reach('data.synced');
      if (kind === 'seen') reach('requests.noted');
    },
    async truncate(length) {
      await file.truncate(length);
      reach('recovery.cut');
    },
    close: async () => await file.close(),
  };
}

const kindOf = (path: string) =>
  path.endsWith('.native') ? 'data' : path.endsWith('.seen') ? 'seen' : 'sidecar';
const files: JournalFiles = {
  ...nodeFiles,
  async create(path) {
    const file = await nodeFiles.create(path);
    reach('segment.created');
    return watched(file, kindOf(path));
  },
  openExisting: async (path) => watched(await nodeFiles.openExisting(path), kindOf(path)),
  async unlink(path) {
    await nodeFiles.unlink(path);
    if (path.endsWith('.native')) reach('data.deleted');
  },
};

function wrap(storage: Storage): Storage {
  return {
    ...storage,
    async insertSegment(segment) {
      reach('engine.beforeInsert');
      await storage.insertSegment(segment);
      reach('engine.afterInsert');
    },
  };
}

const pipeline = await openPipeline({ directory, port: Number(port), files, wrap });
process.stdout.write(`${new URL(pipeline.url).port}\n`);
process.on('SIGTERM', () => void pipeline.close().then(() => process.exit(0)));
