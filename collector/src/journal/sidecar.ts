import { crc32 } from 'node:zlib';

/**
 * The sidecar of a segment: a fixed-size record a block (where it lies, how long, its checksum), before it one for each request
 * that its rows came with, and a last one when the segment was closed (its token). Each record carries its own checksum and
 * stands alone: a rotten one costs its own block only.
 */
export const RECORD_BYTES = 32;

const BLOCK_MAGIC = 0x314b4c42;
const CLOSE_MAGIC = 0x31534c43;
const REQUEST_MAGIC = 0x31514552;
const TOKEN_BYTES = 16;
const IDENTITY_BYTES = 16;

export interface BlockRecord {
  readonly kind: 'block';
  readonly rows: number;
  readonly offset: number;
  readonly length: number;
  readonly crc: number;
}
export interface CloseRecord {
  readonly kind: 'close';
  /** 32 hex digits. */
  readonly token: string;
  readonly blocks: number;
}

/** A request whose rows are kept: what tells that it comes again. */
export interface RequestRecord {
  readonly kind: 'request';
  /** 32 hex digits. */
  readonly identity: string;
  readonly rows: number;
  /** Unix time. */
  readonly receivedSeconds: number;
}
export type KeptRequest = Omit<RequestRecord, 'kind'>;

export function encodeRequest(request: KeptRequest): Buffer {
  const bytes = Buffer.alloc(RECORD_BYTES);
  bytes.writeUInt32LE(REQUEST_MAGIC, 0);
  Buffer.from(request.identity, 'hex').copy(bytes, 4, 0, IDENTITY_BYTES);
  bytes.writeUInt32LE(request.rows, 20);
  bytes.writeUInt32LE(request.receivedSeconds, 24);
  return sealed(bytes);
}

export function encodeBlock(record: Omit<BlockRecord, 'kind'>): Buffer {
  const bytes = Buffer.alloc(RECORD_BYTES);
  bytes.writeUInt32LE(BLOCK_MAGIC, 0);
  bytes.writeUInt32LE(record.rows, 4);
  bytes.writeBigUInt64LE(BigInt(record.offset), 8);
  bytes.writeUInt32LE(record.length, 16);
  bytes.writeUInt32LE(record.crc, 20);
  return sealed(bytes);
}

export function encodeClose(token: string, blocks: number): Buffer {
  const bytes = Buffer.alloc(RECORD_BYTES);
  bytes.writeUInt32LE(CLOSE_MAGIC, 0);
  Buffer.from(token, 'hex').copy(bytes, 4, 0, TOKEN_BYTES);
  bytes.writeUInt32LE(blocks, 20);
  return sealed(bytes);
}

/** The record at `at`, or undefined when it is rotten. The caller has checked that `RECORD_BYTES` are there. */
export function decodeRecord(
  bytes: Buffer,
  at: number,
): BlockRecord | CloseRecord | RequestRecord | undefined {
  if (crc32(bytes.subarray(at, at + RECORD_BYTES - 4)) !== bytes.readUInt32LE(at + RECORD_BYTES - 4))
    return undefined;
  const magic = bytes.readUInt32LE(at);
  if (magic === BLOCK_MAGIC) {
    return {
      kind: 'block',
      rows: bytes.readUInt32LE(at + 4),
      offset: Number(bytes.readBigUInt64LE(at + 8)),
      length: bytes.readUInt32LE(at + 16),
      crc: bytes.readUInt32LE(at + 20),
    };
  }
  if (magic === REQUEST_MAGIC) {
    return {
      kind: 'request',
      identity: bytes.toString('hex', at + 4, at + 4 + IDENTITY_BYTES),
      rows: bytes.readUInt32LE(at + 20),
      receivedSeconds: bytes.readUInt32LE(at + 24),
    };
  }
  if (magic !== CLOSE_MAGIC) return undefined;
  return {
    kind: 'close',
    token: bytes.toString('hex', at + 4, at + 4 + TOKEN_BYTES),
    blocks: bytes.readUInt32LE(at + 20),
  };
}

function sealed(bytes: Buffer): Buffer {
  bytes.writeUInt32LE(crc32(bytes.subarray(0, RECORD_BYTES - 4)), RECORD_BYTES - 4);
  return bytes;
}
