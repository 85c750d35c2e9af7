/** The HTML of the view. Nothing runs but our own script, nothing is loaded but our own files, no network. */
import { Uri, type Webview } from 'vscode';

/** 128 random bits; the web's crypto exists in Node as well. */
function nonce(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** The page that loads dist/webview.js. Trace text never goes in here: it arrives as messages. */
export function pageHtml(webview: Webview, extension: Uri): string {
  const key = nonce();
  const url = (name: string): Uri => webview.asWebviewUri(Uri.joinPath(extension, 'dist', name));
  const policy = [
    "default-src 'none'",
    `script-src 'nonce-${key}'`,
    `style-src ${webview.cspSource} 'nonce-${key}'`,
    `font-src ${webview.cspSource}`,
    `img-src ${webview.cspSource}`,
  ].join('; ');
  return `<!DOCTYPE html>
<html lang="en">
<head>
  <meta charset="UTF-8">
  <meta http-equiv="Content-Security-Policy" content="${policy}">
  <meta name="viewport" content="width=device-width, initial-scale=1">
  <!-- The controls' library asks here before it adds a style of its own. -->
  <meta property="csp-nonce" content="${key}">
  <title>Kernel Lens</title>
  <link rel="stylesheet" href="${url('webview.css')}">
</head>
<body>
  <script nonce="${key}" src="${url('webview.js')}"></script>
</body>
</html>
`;
}
