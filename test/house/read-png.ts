// Reads a PNG of 8 bits and four channels, as the icons are.
import assert from 'node:assert/strict';
import { inflateSync } from 'node:zlib';

export interface Picture {
  width: number;
  height: number;
  rgba: Uint8Array;
}

const signature = '89504e470d0a1a0a';
const channels = 4;

/** https://www.w3.org/TR/png-3/ */
export function readPng(file: Buffer): Picture {
  assert.equal(file.subarray(0, 8).toString('hex'), signature, 'not a PNG');
  const chunks = [...chunksOf(file)];
  const header = chunks.find(({ type }) => type === 'IHDR')?.data ?? Buffer.alloc(0);
  const [width, height] = [header.readUInt32BE(0), header.readUInt32BE(4)];
  assert.deepEqual([...header.subarray(8)], [8, 6, 0, 0, 0], '8 bits, RGB and alpha, not interlaced');
  const packed = chunks.filter(({ type }) => type === 'IDAT').map(({ data }) => data);
  return { width, height, rgba: unfilter(inflateSync(Buffer.concat(packed)), width, height) };
}

function* chunksOf(file: Buffer): Generator<{ type: string; data: Buffer }> {
  for (let at = 8; at < file.length; ) {
    const length = file.readUInt32BE(at);
    yield { type: file.toString('latin1', at + 4, at + 8), data: file.subarray(at + 8, at + 8 + length) };
    at += length + 12;
  }
}

function unfilter(lines: Buffer, width: number, height: number): Uint8Array {
  const stride = width * channels;
  const rgba = new Uint8Array(stride * height);
  assert.equal(lines.length, (stride + 1) * height);
  for (let y = 0; y < height; y++) {
    const filter = lines[y * (stride + 1)];
    for (let x = 0; x < stride; x++) {
      const left = x < channels ? 0 : (rgba[y * stride + x - channels] ?? 0);
      const up = y === 0 ? 0 : (rgba[(y - 1) * stride + x] ?? 0);
      const corner = x < channels || y === 0 ? 0 : (rgba[(y - 1) * stride + x - channels] ?? 0);
      rgba[y * stride + x] = (lines[y * (stride + 1) + 1 + x] ?? 0) + predict(filter, left, up, corner);
    }
  }
  return rgba;
}

function predict(filter: number | undefined, left: number, up: number, corner: number): number {
  if (filter === 0) return 0;
  if (filter === 1) return left;
  if (filter === 2) return up;
  if (filter === 3) return Math.floor((left + up) / 2);
  assert.equal(filter, 4, 'unknown filter');
  const guess = left + up - corner;
  const [toLeft, toUp, toCorner] = [Math.abs(guess - left), Math.abs(guess - up), Math.abs(guess - corner)];
  if (toLeft <= toUp && toLeft <= toCorner) return left;
  return toUp <= toCorner ? up : corner;
}
