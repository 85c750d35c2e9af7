/** Which class an architecture's name leads to: vLLM lists them in one file, SGLang marks them in each. */

export interface RegisteredModel {
  /** dotted: "vllm.model_executor.models.qwen2" */
  module: string;
  className: string;
  /** the list it stands in, "TEXT_GENERATION_MODELS"; '' in SGLang */
  group: string;
}

const ENTRY = /^(_?[A-Z][A-Z_]*_MODELS)\s*(?::[^=]*)?=\s*\{|["'](\w+)["']\s*:\s*\(\s*["']([\w.]+)["']\s*,\s*["'](\w+)["']/gm;

/** The models that a file registers; none for most files. */
export function registeredModels(path: string, text: string): Map<string, RegisteredModel> {
  const found = new Map<string, RegisteredModel>();
  const module = path.replace(/\.py$/, '').replaceAll('/', '.');
  if (path.endsWith('models/registry.py')) {
    const folder = module.slice(0, module.lastIndexOf('.'));
    let group = '';
    for (const [, name, architecture, where = '', className = ''] of text.matchAll(ENTRY)) {
      if (name !== undefined) group = name.replace(/^_/, '');
      // A name with dots is a module of its own: "vllm.models.deepseek_v4".
      else if (architecture !== undefined && !found.has(architecture))
        found.set(architecture, { module: where.includes('.') ? where : `${folder}.${where}`, className, group });
    }
  }
  const entry = path.includes('/srt/models/') ? /^EntryClass\s*=\s*(?:\[([^\]]*)\]|(\w+))/m.exec(text) : null;
  const dotted = module.replace(/^python\./, '');
  for (const [className] of (entry?.[1] ?? entry?.[2] ?? '').matchAll(/\w+/g)) found.set(className, { module: dotted, className, group: '' });
  return found;
}
