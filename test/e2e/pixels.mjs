// What is really on the screen: screenshots, decoded by the browser that took them.
// Hiding the caret, Playwright's default, would put a style into the view, which its security policy refuses and reports.

/** Pixels of an element: { width, height, data } with RGBA bytes. */
export async function pixelsOf(page, locator) {
  const png = (await locator.screenshot({ caret: 'initial' })).toString('base64');
  const { width, height, rgba } = await page.evaluate(async (base64) => {
    const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
    const bitmap = await createImageBitmap(new Blob([bytes], { type: 'image/png' }));
    const canvas = new OffscreenCanvas(bitmap.width, bitmap.height);
    const context = canvas.getContext('2d');
    context.drawImage(bitmap, 0, 0);
    const { data } = context.getImageData(0, 0, bitmap.width, bitmap.height);
    let binary = '';
    for (let at = 0; at < data.length; at += 32_768) binary += String.fromCharCode(...data.subarray(at, at + 32_768));
    return { width: bitmap.width, height: bitmap.height, rgba: btoa(binary) };
  }, png);
  return { width, height, data: Buffer.from(rgba, 'base64') };
}

function channels(colour) {
  return [1, 3, 5].map((at) => Number.parseInt(colour.slice(at, at + 2), 16));
}

/** Share of pixels of a colour such as "#527ebe". */
export function share({ width, height, data }, colour) {
  const [red, green, blue] = channels(colour);
  let count = 0;
  for (let at = 0; at < data.length; at += 4) if (data[at] === red && data[at + 1] === green && data[at + 2] === blue) count++;
  return count / (width * height);
}

/** The middle of the widest run of a colour in any row of pixels between top and bottom, from the left top of the element; undefined without one. */
export function widestRun({ width, height, data }, colour, { top = 0, bottom = height } = {}) {
  const [red, green, blue] = channels(colour);
  let best = { length: 0, x: 0, y: 0 };
  for (let y = top; y < bottom; y++) {
    let length = 0;
    for (let x = 0; x < width; x++) {
      const at = (y * width + x) * 4;
      length = data[at] === red && data[at + 1] === green && data[at + 2] === blue ? length + 1 : 0;
      if (length > best.length) best = { length, x: x - Math.floor(length / 2), y };
    }
  }
  return best.length > 0 ? best : undefined;
}
