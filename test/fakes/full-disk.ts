// Loaded before the bot in its process (`--import`): as long as the file FULL_DISK is there, nothing can be written below DATA_DIR, as on
// a disk without room whose file system needs some for every write.
import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { resolve, sep } from 'node:path';

const below = resolve(process.env.DATA_DIR ?? './data', 'postgres') + sep;
const mark = process.env.FULL_DISK ?? '';
const ours = new Set<number>();
const { openSync, closeSync, writeSync } = fs;

fs.openSync = (path, ...rest) => {
  const fd = openSync(path, ...rest);
  if (resolve(String(path)).startsWith(below)) ours.add(fd);
  return fd;
};
fs.closeSync = (fd) => {
  ours.delete(fd);
  closeSync(fd);
};
fs.writeSync = ((fd: number, ...rest: unknown[]) => {
  if (ours.has(fd) && fs.existsSync(mark))
    throw Object.assign(new Error('ENOSPC: no space left on device, write'), {
      code: 'ENOSPC',
      errno: -28,
      syscall: 'write',
    });
  return (writeSync as (fd: number, ...all: unknown[]) => number)(fd, ...rest);
}) as typeof fs.writeSync;
syncBuiltinESMExports();
