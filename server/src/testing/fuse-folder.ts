/**
 * A folder of a real file system in user space (FUSE) that can stop to answer, like that of a network disk that has gone away.
 * Speaks the kernel's protocol on /dev/fuse itself (linux/fuse.h, version 7.31), so nothing has to be installed; to mount it
 * takes root. Nothing in this process may look into the folder synchronously: it would wait for itself.
 */
import { spawnSync } from 'node:child_process';
import { constants, existsSync, openSync, read, writeSync } from 'node:fs';
import process from 'node:process';
import { codeOf } from '../machine/error-code.js';

const LOOKUP = 1;
const FORGET = 2;
const GETATTR = 3;
const OPEN = 14;
const READ = 15;
const RELEASE = 18;
const FLUSH = 25;
const INIT = 26;
const OPENDIR = 27;
const READDIR = 28;
const RELEASEDIR = 29;
const INTERRUPT = 36;
const BATCH_FORGET = 42;

/** Requests that are not answered in any case. */
const UNANSWERED = new Set([FORGET, INTERRUPT, BATCH_FORGET]);
const HEAD_BYTES = 40;
const ATTRIBUTES_BYTES = 88;
const LARGEST_REQUEST = 256 * 1024;
const ROOT = 1n;
const FILE = 2n;
const DIRECT_IO = 1;
const NO_ENTRY = -2;
const NOT_IMPLEMENTED = -38;

export interface FuseFolder {
  /**
   * From now on requests are taken and not answered. A process that waits for one cannot even be killed, until the folder is
   * unmounted.
   */
  hang(): void;
  unmount(): void;
}

export function canMountFuse(): boolean {
  return process.platform === 'linux' && process.getuid?.() === 0 && existsSync('/dev/fuse');
}

export interface FuseFolderOptions {
  /** Of the one file in it. */
  readonly name: string;
  readonly bytes: Buffer;
  /** Whether not even the first request is taken. A process that waits for it can be killed. */
  readonly isDead?: boolean;
}

/** Mounts a folder with one file at an empty folder. @throws Error when this is not allowed */
export function mountFuseFolder(
  where: string,
  { name, bytes, isDead = false }: FuseFolderOptions,
): FuseFolder {
  const device = openSync('/dev/fuse', constants.O_RDWR);
  const flags = `fd=3,rootmode=40000,user_id=0,group_id=0`;
  const mount = spawnSync('mount', ['-i', '-t', 'fuse', '-o', flags, 'convscope-test', where], {
    stdio: ['ignore', 'ignore', 'pipe', device],
    encoding: 'utf8',
  });
  if (mount.status !== 0) throw new Error(`A FUSE folder cannot be mounted: ${mount.stderr.trim()}`);
  let isHanging = false;

  const attributes = (node: bigint): Buffer => {
    const out = Buffer.alloc(ATTRIBUTES_BYTES);
    out.writeBigUInt64LE(node, 0);
    out.writeBigUInt64LE(node === FILE ? BigInt(bytes.length) : 0n, 8);
    for (const time of [24, 32, 40]) out.writeBigUInt64LE(1_700_000_000n, time);
    out.writeUInt32LE(node === FILE ? constants.S_IFREG | 0o644 : constants.S_IFDIR | 0o755, 60);
    out.writeUInt32LE(1, 64);
    return out;
  };
  const entry = (): Buffer => {
    const out = Buffer.alloc(40);
    out.writeBigUInt64LE(FILE, 0);
    return Buffer.concat([out, attributes(FILE)]);
  };
  const listing = (): Buffer => {
    const length = Buffer.byteLength(name);
    const out = Buffer.alloc(24 + 8 * Math.ceil(length / 8));
    out.writeBigUInt64LE(FILE, 0);
    out.writeBigUInt64LE(1n, 8);
    out.writeUInt32LE(length, 16);
    out.writeUInt32LE(8, 20);
    out.write(name, 24);
    return out;
  };
  const opened = (): Buffer => {
    const out = Buffer.alloc(16);
    out.writeUInt32LE(DIRECT_IO, 8);
    return out;
  };
  const versions = (): Buffer => {
    const out = Buffer.alloc(64);
    out.writeUInt32LE(7, 0);
    out.writeUInt32LE(31, 4);
    out.writeUInt32LE(4096, 20);
    return out;
  };

  const answerTo = (operation: number, node: bigint, body: Buffer): Buffer | number => {
    const offset = () => Number(body.readBigUInt64LE(8));
    switch (operation) {
      case INIT:
        return versions();
      case GETATTR:
        return Buffer.concat([Buffer.alloc(16), attributes(node)]);
      case LOOKUP:
        return node === ROOT && body.toString('utf8', 0, body.length - 1) === name ? entry() : NO_ENTRY;
      case OPEN:
      case OPENDIR:
        return opened();
      case READ:
        return bytes.subarray(offset(), offset() + body.readUInt32LE(16));
      case READDIR:
        return offset() === 0 ? listing() : Buffer.alloc(0);
      case FLUSH:
      case RELEASE:
      case RELEASEDIR:
        return Buffer.alloc(0);
      default:
        return NOT_IMPLEMENTED;
    }
  };

  const serve = (): void => {
    const request = Buffer.alloc(LARGEST_REQUEST);
    read(device, request, 0, request.length, null, (error, length) => {
      // The folder was unmounted.
      if (error !== null) return;
      const operation = request.readUInt32LE(4);
      if (!UNANSWERED.has(operation) && !isHanging) {
        const answer = answerTo(operation, request.readBigUInt64LE(16), request.subarray(HEAD_BYTES, length));
        const content = typeof answer === 'number' ? Buffer.alloc(0) : answer;
        const head = Buffer.alloc(16);
        head.writeUInt32LE(head.length + content.length, 0);
        head.writeInt32LE(typeof answer === 'number' ? answer : 0, 4);
        request.copy(head, 8, 8, 16);
        try {
          writeSync(device, Buffer.concat([head, content]));
        } catch (failure) {
          // Whoever asked has ended meanwhile.
          if (codeOf(failure) !== 'ENOENT') throw failure;
        }
      }
      if (!isDead) serve();
    });
  };
  serve();
  return {
    hang() {
      isHanging = true;
    },
    unmount() {
      // By force, which fails what is being waited for.
      spawnSync('umount', ['-f', '-l', where]);
    },
  };
}
