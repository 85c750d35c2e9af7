/** run() is what VS Code's test mode calls, on the desktop and in the server's Node host. */
import Mocha from 'mocha';

export async function run(): Promise<void> {
  const mocha = new Mocha({ ui: 'tdd', color: false, timeout: 60_000, grep: process.env.KERNEL_LENS_GREP });
  // Everything is in one bundle, so mocha cannot load the files itself: its globals come first, then the suites.
  mocha.suite.emit('pre-require', globalThis, '', mocha);
  await import('./all.js');
  return new Promise((resolve, reject) => {
    mocha.run((failures) => (failures > 0 ? reject(new Error(`${failures} tests failed`)) : resolve()));
  });
}
