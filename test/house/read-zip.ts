// Reads a zip archive whose entries are not packed, from its central directory, as whoever unpacks it does.
import assert from 'node:assert/strict';
import { crc32 } from 'node:zlib';

export interface FoundEntry {
  name: string;
  data: Buffer;
}

/** https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT @throws AssertionError where the archive contradicts itself */
export function readZip(file: Buffer): FoundEntry[] {
  const end = file.length - 22;
  assert.equal(file.readUInt32LE(end), 0x06054b50, 'no end of the central directory');
  const [count, size, begin] = [file.readUInt16LE(end + 10), file.readUInt32LE(end + 12), file.readUInt32LE(end + 16)];
  assert.equal(begin + size, end, 'something stands between the directory and its end');
  const found: FoundEntry[] = [];
  let at = begin;
  for (let index = 0; index < count; index++) {
    assert.equal(file.readUInt32LE(at), 0x02014b50, 'no entry of the central directory');
    const nameLength = file.readUInt16LE(at + 28);
    const name = file.toString('latin1', at + 46, at + 46 + nameLength);
    found.push({ name, data: readEntry(file, { name, at, local: file.readUInt32LE(at + 42) }) });
    at += 46 + nameLength;
  }
  assert.equal(at, end);
  return found;
}

function readEntry(file: Buffer, { name, at, local }: { name: string; at: number; local: number }): Buffer {
  assert.equal(file.readUInt32LE(local), 0x04034b50, `no local header of ${name}`);
  // Version to date, checksum, sizes, length of the name: both headers say the same.
  assert.deepEqual(file.subarray(local + 4, local + 28), file.subarray(at + 6, at + 30));
  assert.equal(file.toString('latin1', local + 30, local + 30 + name.length), name);
  assert.equal(file.readUInt16LE(local + 8), 0, 'packed');
  const begin = local + 30 + name.length;
  const data = file.subarray(begin, begin + file.readUInt32LE(local + 22));
  assert.equal(crc32(data), file.readUInt32LE(local + 14), `checksum of ${name}`);
  return data;
}
