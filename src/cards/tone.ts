// The tones of a card: container style, icon, and the sign that old clients show. Words carry the meaning; these repeat it.

export type Tone = 'wait' | 'ask' | 'go' | 'info' | 'good' | 'warn' | 'bad' | 'danger' | 'off';

export interface Look {
  /** Container.style. */
  tone: string;
  icon: string;
  color: string;
  style: 'Filled' | 'Regular';
  glyph: string;
}

const look = (tone: string, icon: string, color: string, style: Look['style'], glyph: string): Look => ({
  tone,
  icon,
  color,
  style,
  glyph,
});

export const looks: Readonly<Record<Tone, Look>> = {
  wait: look('emphasis', 'Clock', 'Default', 'Regular', '…'),
  ask: look('warning', 'Clock', 'Warning', 'Filled', '?'),
  go: look('accent', 'ArrowSyncCircle', 'Accent', 'Filled', '●'),
  info: look('accent', 'Info', 'Accent', 'Filled', 'i'),
  good: look('good', 'CheckmarkCircle', 'Good', 'Filled', '✓'),
  warn: look('warning', 'Warning', 'Warning', 'Filled', '!'),
  bad: look('attention', 'DismissCircle', 'Attention', 'Filled', '×'),
  danger: look('attention', 'Warning', 'Attention', 'Filled', '!'),
  off: look('emphasis', 'SubtractCircle', 'Default', 'Regular', '–'),
};
