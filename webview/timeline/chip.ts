/** Rounded labels over the lanes. */
import { type Frame, px } from './frame.js';

/** A rounded label on the background colour. */
export function paintChip(frame: Frame, text: string, middleX: number, middleY: number): void {
  const { context, look, measure } = frame;
  const width = measure(text) + px(frame, 16);
  const height = px(frame, 19);
  const left = Math.min(Math.max(middleX - width / 2, px(frame, 4)), frame.width - width - px(frame, 4));
  const top = middleY - height / 2;
  context.beginPath();
  context.roundRect(left, top, width, height, height / 2);
  context.fillStyle = look.theme.background;
  context.fill();
  context.strokeStyle = look.theme.focus;
  context.lineWidth = frame.ratio;
  context.stroke();
  context.fillStyle = look.theme.foreground;
  context.fillText(text, left + px(frame, 8), middleY);
}
