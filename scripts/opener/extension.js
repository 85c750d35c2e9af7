const vscode = require('vscode');

exports.activate = () => {
  // Set by scripts/start.mjs.
  const trace = process.env.KERNEL_LENS_START;
  if (trace) void vscode.commands.executeCommand('kernelLens.open', vscode.Uri.file(trace));
};
