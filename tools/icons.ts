// The bot's two icons, drawn: a screen with a concierge's bell on it. `npm run icons` writes them into appPackage/.
import { writeFileSync } from 'node:fs';
import { type Drawing, writePng } from './png.ts';

/** Whether a point belongs to it; the picture is 1 wide and 1 high. */
type Shape = (x: number, y: number) => boolean;

interface Layer {
  shape: Shape;
  colour: readonly [number, number, number];
}

const blue = [15, 108, 189] as const;
const white = [255, 255, 255] as const;
const gold = [255, 200, 61] as const;

/** Each pixel is looked at in this many places, across and down. */
const samples = 8;

/** Solid, in the accent colour of the manifest; what is drawn lies in the middle half, as Teams asks. */
export function drawColourIcon(): Drawing {
  const toMiddle = (shape: Shape): Shape => place(shape, { size: 0.5, left: 0.25, top: 0.25 });
  const layers = [
    { shape: screen, colour: white },
    { shape: bell, colour: gold },
  ];
  const moved = layers.map(({ shape, colour }) => ({ shape: toMiddle(shape), colour }));
  return draw(192, [{ shape: () => true, colour: blue }, ...moved]);
}

/** White alone, with nothing around it. */
export function drawOutlineIcon(): Drawing {
  return draw(32, [
    { shape: screen, colour: white },
    { shape: bell, colour: white },
  ]);
}

// Every edge lies on a thirty-second, so that the small icon is sharp.
/** A frame with its foot; it fills its square. */
const screen: Shape = anyOf(
  without(
    rounded({ left: 0, top: 0, right: 1, bottom: 0.75 }, 0.125),
    rounded({ left: 0.0625, top: 0.0625, right: 0.9375, bottom: 0.6875 }, 0.0625),
  ),
  rounded({ left: 0.4375, top: 0.75, right: 0.5625, bottom: 0.90625 }, 0),
  rounded({ left: 0.25, top: 0.90625, right: 0.75, bottom: 1 }, 0.046875),
);

/** A button, a dome, and the plate below them. */
const bell: Shape = anyOf(
  within({ x: 0.5, y: 0.1875, radius: 0.0625 }),
  rounded({ left: 0.46875, top: 0.1875, right: 0.53125, bottom: 0.28125 }, 0),
  (x, y) => y < 0.5 && within({ x: 0.5, y: 0.5, radius: 0.25 })(x, y),
  rounded({ left: 0.1875, top: 0.53125, right: 0.8125, bottom: 0.59375 }, 0.03125),
);

interface Box {
  left: number;
  top: number;
  right: number;
  bottom: number;
}

function rounded({ left, top, right, bottom }: Box, radius: number): Shape {
  return (x, y) => {
    const across = Math.max(left + radius - x, x - right + radius, 0);
    const down = Math.max(top + radius - y, y - bottom + radius, 0);
    const isInside = x >= left && x < right && y >= top && y < bottom;
    return isInside && across ** 2 + down ** 2 <= radius ** 2;
  };
}

function within(circle: { x: number; y: number; radius: number }): Shape {
  return (x, y) => (x - circle.x) ** 2 + (y - circle.y) ** 2 <= circle.radius ** 2;
}

function anyOf(...shapes: readonly Shape[]): Shape {
  return (x, y) => shapes.some((shape) => shape(x, y));
}

function without(shape: Shape, hole: Shape): Shape {
  return (x, y) => shape(x, y) && !hole(x, y);
}

function place(shape: Shape, { size, left, top }: { size: number; left: number; top: number }): Shape {
  return (x, y) => shape((x - left) / size, (y - top) / size);
}

function draw(size: number, layers: readonly Layer[]): Drawing {
  const rgba = new Uint8Array(size * size * 4);
  for (let y = 0; y < size; y++) {
    for (let x = 0; x < size; x++) rgba.set(pixelAt(x, y, size, layers), (y * size + x) * 4);
  }
  return { width: size, height: size, rgba };
}

/** The mean of what its samples see. Where nothing is, it is clear and white, so that an edge does not turn grey. */
function pixelAt(x: number, y: number, size: number, layers: readonly Layer[]): [number, number, number, number] {
  const sum = [0, 0, 0];
  let seen = 0;
  for (let sample = 0; sample < samples ** 2; sample++) {
    const across = (x + ((sample % samples) + 0.5) / samples) / size;
    const down = (y + (Math.floor(sample / samples) + 0.5) / samples) / size;
    const top = layers.findLast(({ shape }) => shape(across, down));
    if (!top) continue;
    seen += 1;
    for (const [channel, value] of top.colour.entries()) sum[channel] = (sum[channel] ?? 0) + value;
  }
  const [red = 255, green = 255, blueValue = 255] = sum.map((value) => (seen === 0 ? 255 : Math.round(value / seen)));
  return [red, green, blueValue, Math.round((seen / samples ** 2) * 255)];
}

if (import.meta.main) {
  const folder = new URL('../appPackage/', import.meta.url);
  writeFileSync(new URL('color.png', folder), writePng(drawColourIcon()));
  writeFileSync(new URL('outline.png', folder), writePng(drawOutlineIcon()));
}
