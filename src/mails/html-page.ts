// What every mail looks like. Whatever comes in is HTML already: words from outside are escaped before.

const font = 'font-family:Segoe UI,Arial,sans-serif';

export const paragraph = (html: string) => `<p style="margin:0 0 12px">${html}</p>`;
export const heading = (html: string) => `<h1 style="font-size:20px;margin:0 0 12px">${html}</h1>`;
export const small = (html: string) => `<p style="color:#616161;font-size:12px;margin:24px 0 0">${html}</p>`;

/** A whole document. */
export function page(language: string, title: string, blocks: readonly string[]): string {
  return [
    '<!DOCTYPE html>',
    `<html lang="${language}"><head><meta charset="utf-8"><title>${title}</title></head>`,
    `<body style="color:#242424;${font};font-size:14px;line-height:20px;max-width:600px">`,
    ...blocks,
    '</body></html>',
  ].join('\n');
}
