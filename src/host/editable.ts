/** What pip leaves in a site-packages folder to say that a package lies elsewhere. */
import * as v from 'valibot';

/** Folders that a `.pth` file puts on Python's path; lines that are code are not followed. */
export function pthFolders(text: string): string[] {
  return text
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter((line) => /^(?:\/|[A-Za-z]:[\\/])/.test(line));
}

/** The folders that hold the packages which a `__editable___…_finder.py` of setuptools maps: `MAPPING = {'vllm': '/src/vllm/vllm'}`. */
export function finderFolders(text: string): string[] {
  const mapping = /^MAPPING\b[^=]*=\s*\{([^}]*)\}/m.exec(text)?.[1] ?? '';
  return [...mapping.matchAll(/'\w+'\s*:\s*'([^']+)'/g)].map(([, folder = '']) => folder.replaceAll('\\\\', '\\').replace(/[\\/][^\\/]+[\\/]?$/, ''));
}

const directUrl = v.object({ url: v.string(), dir_info: v.object({ editable: v.literal(true) }) });

/** The project that `direct_url.json` says is installed in place (PEP 610), as a URL text. */
export function editableProject(text: string): string | undefined {
  const parsed = v.safeParse(v.pipe(v.string(), v.parseJson(), directUrl), text);
  return parsed.success && parsed.output.url.startsWith('file:') ? parsed.output.url : undefined;
}
