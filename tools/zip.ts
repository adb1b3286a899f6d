// Writes a zip archive that is the same bytes for the same files: no times, nothing packed. What goes in is a few kilobytes.
// https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT
import { crc32 } from 'node:zlib';

export interface ZipEntry {
  /** ASCII, without a folder. */
  name: string;
  data: Uint8Array;
}

/** 1 January 1980, the earliest that the format knows. */
const noDate = 0x0021;
const version = 20;
const sizeOf = { local: 30, central: 46, end: 22 } as const;

/** The whole archive, with the entries in the order in which they are given. */
export function writeZip(entries: readonly ZipEntry[]): Buffer {
  const locals: Buffer[] = [];
  const centrals: Buffer[] = [];
  let offset = 0;
  for (const entry of entries) {
    const name = Buffer.from(entry.name, 'latin1');
    const local = Buffer.concat([localHeader(entry), name, entry.data]);
    centrals.push(centralHeader(entry, offset), name);
    locals.push(local);
    offset += local.length;
  }
  const central = Buffer.concat(centrals);
  return Buffer.concat([...locals, central, endRecord(entries.length, central.length, offset)]);
}

function localHeader(entry: ZipEntry): Buffer {
  const header = Buffer.alloc(sizeOf.local);
  header.writeUInt32LE(0x04034b50, 0);
  header.writeUInt16LE(version, 4);
  writeCommon(header, entry, 10);
  return header;
}

function centralHeader(entry: ZipEntry, offset: number): Buffer {
  const header = Buffer.alloc(sizeOf.central);
  header.writeUInt32LE(0x02014b50, 0);
  header.writeUInt16LE(version, 4);
  header.writeUInt16LE(version, 6);
  writeCommon(header, entry, 12);
  header.writeUInt32LE(offset, 42);
  return header;
}

/** Time, date, checksum, both sizes and the length of the name stand in a row in both headers. */
function writeCommon(header: Buffer, { name, data }: ZipEntry, at: number): void {
  header.writeUInt16LE(noDate, at + 2);
  header.writeUInt32LE(crc32(data), at + 4);
  header.writeUInt32LE(data.length, at + 8);
  header.writeUInt32LE(data.length, at + 12);
  header.writeUInt16LE(name.length, at + 16);
}

function endRecord(count: number, size: number, offset: number): Buffer {
  const record = Buffer.alloc(sizeOf.end);
  record.writeUInt32LE(0x06054b50, 0);
  record.writeUInt16LE(count, 8);
  record.writeUInt16LE(count, 10);
  record.writeUInt32LE(size, 12);
  record.writeUInt32LE(offset, 16);
  return record;
}
