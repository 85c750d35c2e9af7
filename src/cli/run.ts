/** The command line: words in, text out, an exit code. Nothing here knows what a trace holds. */
import { once } from 'node:events';
import { parseArgs } from 'node:util';
import { analyzeVerb } from './analyze.js';
import { infoVerb } from './info.js';
import { kernelsVerb } from './kernels.js';
import { locateVerb } from './locate.js';
import { type Opened, openPath, Unreadable } from './open.js';
import { summarizeVerb } from './summarize.js';
import type { Format, Options, Verb } from './verb.js';

export const FINE = 0;
/** Bad usage, or input that cannot be read. */
export const BAD = 2;

export interface Streams {
  stdout: NodeJS.WritableStream & { columns?: number };
  stderr: NodeJS.WritableStream & { isTTY?: boolean };
}

const VERBS: readonly Verb[] = [infoVerb, summarizeVerb, kernelsVerb, analyzeVerb, locateVerb];
const PIPE_WIDTH = 160;
const CHUNK = 1 << 16;

/** Runs one command; resolves with the exit code, and rejects only for bugs. */
export async function run(argv: string[], streams: Streams): Promise<number> {
  try {
    return await command(argv, streams);
  } catch (error) {
    if (!(error instanceof Usage)) throw error;
    streams.stderr.write(`kernel-lens: ${error.message}\n`);
    return BAD;
  }
}

/** A command that cannot be understood; the message says what to do. */
class Usage extends Error {}

async function command(argv: string[], { stdout, stderr }: Streams): Promise<number> {
  const { values, positionals } = parsed(argv);
  const [word, ...paths] = positionals;
  const verb = VERBS.find(({ name }) => name === word);
  if (values.help) {
    stdout.write(verb ? verbHelp(verb) : help());
    return FINE;
  }
  if (word === undefined) throw new Usage('say what to do: kernel-lens info|summarize|kernels|analyze|locate <trace…>; --help explains');
  if (verb === undefined) throw new Usage(`"${word}" is no verb; there are ${VERBS.map(({ name }) => name).join(', ')}`);
  if (paths.length === 0) throw new Usage(`${verb.name} needs a trace file: kernel-lens ${verb.name} <trace…>`);
  const format = formatOf(verb, values);
  const options = optionsOf(verb, values);

  const opened: Opened[] = [];
  let unreadable = false;
  for (const path of paths) {
    try {
      opened.push(await openPath(path, stderr, { config: options.config, nsys: values.nsys }));
    } catch (error) {
      if (!(error instanceof Unreadable)) throw error;
      stderr.write(`kernel-lens: ${error.message}\n`);
      unreadable = true;
    }
  }
  try {
    if (opened.length > 0) await print(await verb.lines(opened, format, stdout.columns ?? PIPE_WIDTH, options), stdout);
  } catch (error) {
    if (!(error instanceof Unreadable)) throw error;
    stderr.write(`kernel-lens: ${error.message}\n`);
    unreadable = true;
  } finally {
    await Promise.all(opened.map(({ close }) => close()));
  }
  return unreadable ? BAD : FINE;
}

function parsed(argv: string[]) {
  try {
    return parseArgs({
      args: argv,
      allowPositionals: true,
      options: {
        json: { type: 'boolean' },
        csv: { type: 'boolean' },
        markdown: { type: 'boolean' },
        help: { type: 'boolean', short: 'h' },
        source: { type: 'string' },
        arch: { type: 'string' },
        capture: { type: 'string' },
        artifacts: { type: 'string' },
        'gpu-events': { type: 'boolean' },
        config: { type: 'string' },
        report: { type: 'string' },
        nsys: { type: 'string' },
      },
    });
  } catch (error) {
    throw new Usage(`${error instanceof Error ? error.message.split('. ')[0] : error}; --help lists the options`);
  }
}

function formatOf({ name, formats }: Verb, given: Partial<Record<Exclude<Format, 'text'>, boolean>>): Format {
  const [format = 'text', other] = (['json', 'csv', 'markdown'] as const).filter((one) => given[one]);
  if (other !== undefined) throw new Usage(`choose one of --${format} and --${other}`);
  if (format !== 'text' && !formats.includes(format)) throw new Usage(`${name} has no --${format}; it has ${formats.map((has) => `--${has}`).join(', ')}`);
  return format;
}

function optionsOf({ name, options = {} }: Verb, { source, arch, capture, artifacts, 'gpu-events': events, config, report }: Options): Options {
  const given: Options = { source, arch, capture, artifacts, 'gpu-events': events, config, report };
  const own: readonly string[] = Object.keys(options);
  const [foreign] = Object.entries(given).find(([option, value]) => value !== undefined && !own.includes(option)) ?? [];
  if (foreign !== undefined) throw new Usage(`${name} has no --${foreign}; kernel-lens ${name} --help lists its options`);
  return given;
}

async function print(lines: AsyncIterable<string> | Iterable<string>, stdout: NodeJS.WritableStream): Promise<void> {
  let chunk = '';
  const flush = async (): Promise<void> => {
    if (chunk !== '' && !stdout.write(chunk)) await once(stdout, 'drain');
    chunk = '';
  };
  for await (const line of lines) {
    chunk += `${line}\n`;
    if (chunk.length >= CHUNK) await flush();
  }
  await flush();
}

function help(): string {
  return `Kernel Lens reads profiler traces of LLM inference (PyTorch profiler, Nsight Systems, Perfetto, ROCm).

Usage: kernel-lens <verb> <trace…> [--json|--csv|--markdown]

${VERBS.map(({ name, summary }) => `  ${name.padEnd(11)}${summary}`).join('\n')}

  --json     machine-readable; durations are whole nanoseconds in fields that end in Ns
  --csv      comma-separated values (kernels, locate, summarize)
  --markdown a page to paste (analyze)
  --nsys     path of NVIDIA's nsys, which converts .nsys-rep and .qdrep; else it is looked for
  -h, --help this text, or that of a verb

Exit codes: 0 fine, 2 bad usage or a file that cannot be read.
`;
}

function verbHelp({ name, summary, formats, options = {} }: Verb): string {
  const own = Object.entries(options).map(([option, words]) => `  --${option} ${words}\n`);
  const usage = `${summary}\n\nUsage: kernel-lens ${name} <trace…> ${formats.map((format) => `[--${format}]`).join(' ')}\n`;
  return `${usage}${own.length > 0 ? `\n${own.join('')}` : ''}\nWithout one of them it prints text for people.\n`;
}
