// Writes a picture as PNG: 8 bits, RGB and alpha, no filter. https://www.w3.org/TR/png-3/
import { crc32, deflateSync } from 'node:zlib';

export interface Drawing {
  width: number;
  height: number;
  /** Four bytes for each pixel, row by row. */
  rgba: Uint8Array;
}

const signature = Buffer.from('89504e470d0a1a0a', 'hex');
const channels = 4;

/** The whole file. */
export function writePng({ width, height, rgba }: Drawing): Buffer {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 6, 0, 0, 0], 8);
  const stride = width * channels;
  const lines = Buffer.alloc((stride + 1) * height);
  for (let y = 0; y < height; y++) lines.set(rgba.subarray(y * stride, (y + 1) * stride), y * (stride + 1) + 1);
  const packed = deflateSync(lines, { level: 9 });
  return Buffer.concat([signature, chunk('IHDR', header), chunk('IDAT', packed), chunk('IEND', Buffer.alloc(0))]);
}

function chunk(type: string, data: Buffer): Buffer {
  const named = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(data.length);
  const sum = Buffer.alloc(4);
  sum.writeUInt32BE(crc32(named));
  return Buffer.concat([length, named, sum]);
}
