/** Entry of the command line: arguments in, exit code out. */
import { run } from './run.js';

// A reader that has seen enough (head, less) closes the pipe; that is no error of ours.
process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 2));

process.exitCode = await run(process.argv.slice(2), { stdout: process.stdout, stderr: process.stderr });
